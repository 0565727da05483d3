package import JSON

extension PeriodicJob {
    /// As it stands in Redis. What is not set is left out, so equal jobs are equal texts.
    package var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "schedule": schedule.json, "task": .string(task.rawValue)]
        if !arguments.isEmpty { object["args"] = .array(arguments) }
        object["kwargs"] = .object(keywords)
        object["queue"] = .string(queue.rawValue)
        if priority != 0 { object["priority"] = .integer(Int64(priority)) }
        if let expires { object["expires"] = .double(expires.inSeconds) }
        if let orderingKey { object["ordering_key"] = .string(orderingKey.rawValue) }
        object["catch_up"] = .string(catchUp.name)
        if case .all(let atMost) = catchUp { object["at_most"] = .integer(Int64(atMost)) }
        if let catchUpWithin { object["catch_up_within"] = .double(catchUpWithin.inSeconds) }
        if let start { object["start"] = .string(start.text) }
        if let end { object["end"] = .string(end.text) }
        if jitter > .zero { object["jitter"] = .double(jitter.inSeconds) }
        object["source"] = .string(source.rawValue)
        if owner != Self.defaultOwner { object["owner"] = .string(owner) }
        if let seenAs { object["seen_as"] = .string(seenAs) }
        return .object(object)
    }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: `ScheduleProblem` for what is none, by whatever hand it came there.
    package init(_ text: [UInt8]) throws(ScheduleProblem) {
        guard let json = try? JSONValue(parsing: text), let name = json["name"]?.string,
            let task = json["task"]?.string,
            let queue = json["queue"]?.string
        else { throw ScheduleProblem("json", "expected an object with name, schedule, task and queue") }
        func seconds(_ key: String) throws(ScheduleProblem) -> Duration? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let number = value.double, (0...100_000_000).contains(number) else {
                throw ScheduleProblem(key, "expected seconds")
            }
            return .milliseconds(Int64((number * 1_000).rounded()))
        }
        func date(_ key: String) throws(ScheduleProblem) -> WireTime? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let time = value.string.flatMap({ WireTime($0) }) else {
                throw ScheduleProblem(key, "expected a date such as 2026-12-01T09:00:00+08:00")
            }
            return time
        }
        try self.init(
            name: name,
            task: TaskName(task),
            json["args"]?.array ?? [],
            json["kwargs"]?.object ?? [:],
            queue: QueueName(queue),
            on: try Schedule(json["schedule"])
        )
        priority = json["priority"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        expires = try seconds("expires")
        orderingKey = json["ordering_key"]?.string.flatMap { OrderingKey(wire: $0) }
        catchUp = try CatchUp(json["catch_up"]?.string ?? "once", atMost: json["at_most"]?.integer)
        catchUpWithin = try seconds("catch_up_within")
        start = try date("start")
        end = try date("end")
        jitter = try seconds("jitter") ?? .zero
        source = json["source"]?.string.flatMap { Source(rawValue: $0) } ?? .runTime
        owner = json["owner"]?.string ?? Self.defaultOwner
        seenAs = json["seen_as"]?.string
        try validate()
    }
}

extension CatchUp {
    var name: String {
        switch self {
        case .skip: "skip"
        case .once: "once"
        case .all: "all"
        }
    }

    init(_ name: String, atMost: Int64?) throws(ScheduleProblem) {
        switch name {
        case "skip": self = .skip
        case "once": self = .once
        case "all": self = .all(atMost: atMost.flatMap { Int(exactly: $0) } ?? Self.mostAtOnce)
        default: throw ScheduleProblem("catch_up", "expected skip, once or all; got \(ScheduleProblem.quote(name))")
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(milliseconds) / 1_000 }
}
