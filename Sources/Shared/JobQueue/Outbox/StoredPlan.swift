import JSON

/// A plan as an entry of an outbox holds it: a JSON text, and beside it the bodies that have keys of their own.
///
/// Names tasks, queues and groups and no keys, so that whoever delivers it derives these as everybody does. Bytes are
/// texts in it: all that a plan holds is JSON.
struct StoredPlan {
    let plan: CanvasPlan
    /// How long results and the keys of chords are kept.
    let life: Duration

    /// Chords lie in chords, so it is deeper than what comes from outside may be.
    private static let maximumDepth = 1024

    init(_ plan: CanvasPlan, life: Duration) {
        self.plan = plan
        self.life = life
    }

    /// What the entry holds.
    var values: [[UInt8]] {
        var bodies: [[UInt8]] = []
        var object = Self.object(plan, &bodies)
        object["life"] = .integer(max(0, life.milliseconds))
        return [JSONValue.object(object).bytes] + bodies
    }

    /// Reads an entry; nil where this version cannot.
    init?(_ values: [[UInt8]]) {
        guard let text = values.first,
            let json = try? JSONValue(parsing: text, maximumDepth: Self.maximumDepth),
            let life = json["life"]?.integer, let plan = CanvasPlan(stored: json, values.dropFirst())
        else { return nil }
        self.init(plan, life: .milliseconds(life))
    }

    // MARK: Writing

    private static func object(_ plan: CanvasPlan, _ bodies: inout [[UInt8]]) -> JSONObject {
        var object = JSONObject()
        func add(_ name: String, _ values: [JSONValue]) { if !values.isEmpty { object[name] = .array(values) } }
        add("setups", plan.setups.map { .object(Self.object($0)) })
        add("results", plan.results.map { .object(Self.object($0)) })
        var messages: [JSONValue] = []
        for message in plan.messages { messages.append(.object(Self.object(message, &bodies))) }
        add("messages", messages)
        var parts: [JSONValue] = []
        for part in plan.parts { parts.append(.object(Self.object(part, &bodies))) }
        add("parts", parts)
        return object
    }

    private static func object(_ setup: CanvasPlan.Setup) -> JSONObject {
        var object: JSONObject = ["group": .string(setup.groupID), "size": .integer(Int64(setup.size))]
        if let structure = setup.structure { object["structure"] = text(structure) }
        return object
    }

    private static func object(_ result: CanvasPlan.Result) -> JSONObject {
        var object: JSONObject = ["id": .string(result.id.rawValue), "text": json(result.text)]
        if let life = result.life { object["life"] = .integer(life.milliseconds) }
        return object
    }

    private static func object(_ message: CanvasPlan.Message, _ bodies: inout [[UInt8]]) -> JSONObject {
        var object: JSONObject = ["queue": .string(message.queue.rawValue), "text": json(message.text)]
        if let due = message.due { object["due"] = .integer(due.milliseconds) }
        if let body = message.body {
            object["body"] = .string(body.reference)
            object["at"] = .integer(Int64(bodies.count))
            bodies.append(body.bytes)
        }
        if let event = message.event {
            object["channel"] = .string(event.channel)
            object["event"] = text(event.envelope)
        }
        return object
    }

    private static func object(_ part: CanvasPlan.Part, _ bodies: inout [[UInt8]]) -> JSONObject {
        var object: JSONObject = [
            "group": .string(part.groupID), "id": .string(part.id), "state": .string(part.state.rawValue),
        ]
        if let index = part.index { object["index"] = .integer(index) }
        if let value = part.value { object["value"] = text(value) }
        if !part.success.isEmpty { object["success"] = .object(Self.object(part.success, &bodies)) }
        if !part.failure.isEmpty { object["failure"] = .object(Self.object(part.failure, &bodies)) }
        return object
    }

    private static func json(_ template: CanvasPlan.Template) -> JSONValue {
        guard let gap = template.gap else { return text(template.before) }
        return [text(template.before), .string(gap.rawValue), text(template.after)]
    }

    private static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
}

// MARK: Reading

extension CanvasPlan {
    fileprivate init?(stored json: JSONValue, _ bodies: ArraySlice<[UInt8]>) {
        func all<Element>(_ name: String, _ read: (JSONValue) -> Element?) -> [Element]? {
            let values = json[name]?.array ?? []
            let elements = values.compactMap(read)
            return elements.count == values.count ? elements : nil
        }
        guard let setups = all("setups", Setup.init(stored:)),
            let results = all("results", Result.init(stored:)),
            let messages = all("messages", { Message(stored: $0, bodies) }),
            let parts = all("parts", { Part(stored: $0, bodies) })
        else { return nil }
        self.init(setups: setups, messages: messages, results: results, parts: parts)
    }
}

extension CanvasPlan.Setup {
    fileprivate init?(stored json: JSONValue) {
        guard let groupID = json["group"]?.string, let size = json["size"]?.integer else { return nil }
        self.init(groupID: groupID, size: Int(size), structure: json["structure"]?.string.map { Array($0.utf8) })
    }
}

extension CanvasPlan.Result {
    fileprivate init?(stored json: JSONValue) {
        guard let id = json["id"]?.string, let text = json["text"].flatMap(CanvasPlan.Template.init(stored:))
        else { return nil }
        self.init(id: TaskID(id), text: text, life: json["life"]?.integer.map { .milliseconds($0) })
    }
}

extension CanvasPlan.Message {
    fileprivate init?(stored json: JSONValue, _ bodies: ArraySlice<[UInt8]>) {
        guard let queue = json["queue"]?.string, let text = json["text"].flatMap(CanvasPlan.Template.init(stored:))
        else { return nil }
        let due = json["due"]?.integer.map { WireTime(milliseconds: $0) }
        // There are no lists by priority where there is an outbox.
        self.init(queue: QueueName(queue), step: 0, due: due, text: text)
        if let channel = json["channel"]?.string, let envelope = json["event"]?.string {
            event = Event(channel: channel, envelope: Array(envelope.utf8))
        }
        guard let reference = json["body"]?.string else { return }
        guard let at = json["at"]?.integer, at >= 0, at < bodies.count else { return nil }
        body = Body(reference: reference, bytes: bodies[bodies.startIndex + Int(at)])
    }
}

extension CanvasPlan.Part {
    fileprivate init?(stored json: JSONValue, _ bodies: ArraySlice<[UInt8]>) {
        guard let groupID = json["group"]?.string, let id = json["id"]?.string,
            let state = json["state"]?.string.flatMap(State.init(rawValue:)),
            let success = CanvasPlan(stored: json["success"] ?? .null, bodies),
            let failure = CanvasPlan(stored: json["failure"] ?? .null, bodies)
        else { return nil }
        self.init(
            groupID: groupID,
            id: id,
            index: json["index"]?.integer,
            state: state,
            value: json["value"]?.string.map { Array($0.utf8) },
            success: success,
            failure: failure
        )
    }
}

extension CanvasPlan.Template {
    fileprivate init?(stored json: JSONValue) {
        if let text = json.string {
            self.init(before: Array(text.utf8))
            return
        }
        guard let parts = json.array, parts.count == 3, let before = parts[0].string, let after = parts[2].string,
            let gap = parts[1].string.flatMap(Gap.init(rawValue:))
        else { return nil }
        self.init(before: Array(before.utf8), gap: gap, after: Array(after.utf8))
    }
}
