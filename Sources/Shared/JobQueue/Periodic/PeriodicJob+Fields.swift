import JSON

extension PeriodicJob {
    /// The fields that describe a job in words, in configuration and on the command line.
    public static let fieldNames = [
        "name", "cron", "every", "zone", "task", "args", "kwargs", "queue", "priority", "expires", "ordering_key",
        "catch_up", "at_most", "catch_up_within", "start", "end", "jitter",
    ]

    /// Reads a job that somebody described, every field as a text: `args` a JSON array, `kwargs` a JSON object, `every`,
    /// `expires`, `catch_up_within` and `jitter` seconds, `start` and `end` ISO 8601. `name`, `task`, `queue` and one of `cron` and `every`
    /// must be there.
    ///
    /// - Parameters:
    ///   - fields: Text by name.
    ///   - zone: The zone of a `cron` that names none.
    ///   - source: Who describes it.
    /// - Throws: `ScheduleProblem`, naming the field.
    public init(fields: [String: String], zone: String, source: Source) throws(ScheduleProblem) {
        let fields = TextFields(fields)
        let schedule: Schedule
        switch (fields["cron"], try fields.seconds("every")) {
        case (let cron?, nil): schedule = try .cron(cron, zone: fields["zone"] ?? zone)
        case (nil, let every?):
            guard fields["zone"] == nil else { throw ScheduleProblem("zone", "it belongs to cron, not to every") }
            schedule = try .interval(every)
        default: throw ScheduleProblem("cron", "expected either cron, such as \"0 9 * * 1-5\", or every, in seconds")
        }
        try self.init(
            name: try fields.required("name"),
            task: TaskName(try fields.required("task")),
            try fields.array("args"),
            try fields.object("kwargs"),
            queue: QueueName(try fields.required("queue")),
            on: schedule
        )
        priority = try fields.integer("priority") ?? 0
        expires = try fields.seconds("expires")
        if let key = fields["ordering_key"] {
            guard let key = OrderingKey(key) else {
                throw ScheduleProblem("ordering_key", "expected 1 to \(OrderingKey.maximumBytes) bytes")
            }
            orderingKey = key
        }
        let atMost = try fields.integer("at_most")
        catchUp = try CatchUp(fields["catch_up"] ?? "once", atMost: atMost.map(Int64.init))
        if atMost != nil, fields["catch_up"] != "all" {
            throw ScheduleProblem("at_most", "it belongs to catch_up: all")
        }
        catchUpWithin = try fields.seconds("catch_up_within")
        start = try fields.date("start")
        end = try fields.date("end")
        jitter = try fields.seconds("jitter") ?? .zero
        self.source = source
        try validate()
    }
}

/// Reads texts as what they stand for, and says what was expected where they do not.
private struct TextFields {
    private let fields: [String: String]

    init(_ fields: [String: String]) { self.fields = fields }

    subscript(name: String) -> String? { fields[name] }

    func required(_ name: String) throws(ScheduleProblem) -> String {
        guard let text = fields[name], !text.isEmpty else { throw ScheduleProblem(name, "it is not set") }
        return text
    }

    func integer(_ name: String) throws(ScheduleProblem) -> Int? {
        guard let text = fields[name] else { return nil }
        guard let number = Int(text) else {
            throw ScheduleProblem(name, "expected a whole number, got \(ScheduleProblem.quote(text))")
        }
        return number
    }

    func seconds(_ name: String) throws(ScheduleProblem) -> Duration? {
        guard let text = fields[name] else { return nil }
        guard let number = Double(text), (0...100_000_000).contains(number) else {
            throw ScheduleProblem(name, "expected seconds, got \(ScheduleProblem.quote(text))")
        }
        return .milliseconds(Int64((number * 1_000).rounded()))
    }

    func date(_ name: String) throws(ScheduleProblem) -> WireTime? {
        guard let text = fields[name] else { return nil }
        guard let time = WireTime(text) else {
            throw ScheduleProblem(
                name,
                "expected a date such as 2026-12-01T09:00:00+08:00, got \(ScheduleProblem.quote(text))"
            )
        }
        return time
    }

    func array(_ name: String) throws(ScheduleProblem) -> [JSONValue] {
        guard let text = fields[name] else { return [] }
        guard let value = try? JSONValue(parsing: text), let array = value.array else {
            throw ScheduleProblem(
                name,
                "expected a JSON array such as [1, \"two\"], got \(ScheduleProblem.quote(text))"
            )
        }
        return array
    }

    func object(_ name: String) throws(ScheduleProblem) -> JSONObject {
        guard let text = fields[name] else { return [:] }
        guard let value = try? JSONValue(parsing: text), let object = value.object else {
            throw ScheduleProblem(
                name,
                "expected a JSON object such as {\"days\": 7}, got \(ScheduleProblem.quote(text))"
            )
        }
        return object
    }
}
