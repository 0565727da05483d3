import Cryptography
import FoundationEssentials
import JSON

/// A context that is not as the contract has it.
struct BadContext: Error, Equatable {
    /// Where (JSON Pointer), and what was expected.
    let description: String
}

extension Message {
    /// Reads the context of a call; members that are not known are ignored.
    ///
    /// - Parameter context: The body of `POST /handle_message`.
    /// - Throws: ``BadContext`` where a member has another type than the contract says.
    init(_ context: JSONObject) throws(BadContext) {
        let reader = ContextReader(context, at: "")
        requestID = try reader.text("request_id") ?? ""
        idempotencyKey = try reader.text("idempotency_key")
        deadline = try reader.text("deadline").flatMap { ISODate($0) }
        language = try reader.text("language").flatMap { Language(rawValue: $0) } ?? .chinese
        content = try reader.text("message_content") ?? ""
        conversationID = try reader.text("conversation_id")
        configuration = try reader.object("config") ?? [:]
        state = try reader.object("state")
        cause = try Cause(reader.part("trigger") ?? ContextReader([:], at: "/trigger"))
        original = try reader.part("message").map { part throws(BadContext) in
            try Original(
                id: part.text("id"),
                type: part.text("type"),
                text: part.text("text"),
                createdAt: part.integer("created_at")
            )
        }
        sender = try reader.part("sender").map { part throws(BadContext) in try Person(part) }
        chat = try reader.part("chat").map { part throws(BadContext) in
            try Chat(id: part.text("id"), isGroup: part.text("kind") == "group", threadID: part.text("thread_id"))
        }
        mentions = try reader.parts("mentions").map { part throws(BadContext) in try Person(part) }
        attachments = try reader.parts("attachments").map { part throws(BadContext) in
            try Attachment(
                kind: part.text("kind"),
                name: part.text("name"),
                size: part.integer("size"),
                base64: part.text("content_base64")
            )
        }
        tool = try reader.part("tool").map { part throws(BadContext) in
            try ToolCall(name: part.text("name") ?? "", arguments: part.object("arguments") ?? [:])
        }
        event = try reader.part("event").map { part throws(BadContext) in
            try Event(type: part.text("type") ?? "", body: part.object("body") ?? [:])
        }
        schedule = try reader.part("schedule").map { part throws(BadContext) in
            try Schedule(name: part.text("name") ?? "", at: part.text("at"))
        }
    }

    /// How long the assistant still waits: what to give other services as a timeout.
    ///
    /// - Parameter longest: What is returned at most, and where no deadline was told.
    /// - Returns: At least 0.1 seconds.
    public func timeLeft(atMost longest: Duration = .seconds(10)) -> Duration {
        guard let deadline else { return longest }
        let end = Double(deadline.seconds) + Double(deadline.nanoseconds) / 1e9
        return min(longest, max(.milliseconds(100), .seconds(end - Date().timeIntervalSince1970)))
    }
}

extension Message.Cause {
    fileprivate init(_ reader: ContextReader) throws(BadContext) {
        kind = Kind(rawValue: try reader.text("type") ?? Kind.command.rawValue)
        name = try reader.text("name")
        arguments = try reader.text("arguments")
        matches = try reader.texts("matches")
    }
}

extension Message.Person {
    fileprivate init(_ reader: ContextReader) throws(BadContext) {
        openID = try reader.text("open_id")
        name = try reader.text("name")
    }
}
