package import HTTP
package import JSON

/// The sandbox as a test speaks to it: people's messages in, the bot's replies out.
package struct SandboxControl: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// What somebody wrote.
    package struct Utterance: Sendable {
        package let messageID: String
        package let chatID: String
        /// Nil when the bot is not told.
        package let eventID: String?
    }

    /// One answer of the bot.
    package struct Reply: Sendable, Equatable {
        package let messageID: String
        package let type: String
        package let text: String
        /// The card entity it shows.
        package let cardID: String?
        /// Whether the answer is still being written.
        package let isStreaming: Bool
        /// When the card was first changed, in milliseconds since 1970; nil while it is as it was made.
        package var firstChange: Int64?
    }

    /// One request of the bot to send something, and what came of it: `sent`, `repeated`, `in_flight` or `refused`.
    package struct Sending: Sendable {
        /// Milliseconds since 1970.
        package let at: Int64
        package let parentID: String?
        /// The message it became.
        package let messageID: String?
        package let outcome: String
    }

    /// Such as `http://127.0.0.1:41234`.
    package let url: String
    let http: any HTTPTransport

    package init(url: String, http: any HTTPTransport) {
        self.url = url
        self.http = http
    }

    // MARK: People

    /// Somebody writes to the bot, privately or in a group; the event is delivered in so many `copies` at once.
    package func say(
        _ text: String,
        as user: String = "Maya",
        in group: String? = nil,
        mentioningBot: Bool = true,
        replyTo: String? = nil,
        inThread: Bool = false,
        copies: Int = 1
    ) async throws -> Utterance {
        var body: JSONObject = [
            "user": .string(user), "text": .string(text), "mention_bot": .bool(mentioningBot),
            "copies": .integer(Int64(copies)),
        ]
        body["group"] = group.map(JSONValue.string)
        body["reply_to"] = replyTo.map(JSONValue.string)
        if inThread { body["in_thread"] = true }
        return try await utter("messages", .object(body))
    }

    /// Posts what somebody says, and reads what became of it.
    func utter(_ path: String, _ body: JSONValue) async throws -> Utterance {
        let answer = try await call("POST", path, body)
        guard let messageID = answer["message_id"]?.string, let chatID = answer["chat_id"]?.string else {
            throw Failure(description: "no message: \(answer.text)")
        }
        return Utterance(messageID: messageID, chatID: chatID, eventID: answer["event_id"]?.string)
    }

    /// Delivers an event of any type; returns its id.
    package func raise(_ type: String, _ event: JSONValue, schema: String = "2.0") async throws -> String {
        let body: JSONValue = ["event_type": .string(type), "event": event, "schema": .string(schema)]
        return try await call("POST", "events", body)["event_id"]?.string ?? ""
    }

    /// Delivers an event again, though it may have been acknowledged.
    package func redeliver(_ eventID: String, copies: Int) async throws {
        _ = try await call("POST", "deliveries/\(eventID)", ["copies": .integer(Int64(copies))])
    }

    // MARK: What happened

    /// What the bot answered to a message.
    package func replies(to messageID: String) async throws -> [Reply] {
        try await call("GET", "messages/\(messageID)/replies")["replies"]?.array?.map { reply in
            Reply(
                messageID: reply["message_id"]?.string ?? "",
                type: reply["type"]?.string ?? "",
                text: reply["text"]?.string ?? "",
                cardID: reply["card_id"]?.string,
                isStreaming: reply["streaming"]?.bool ?? false,
                firstChange: reply["first_change"]?.integer
            )
        } ?? []
    }

    /// The first answer to a message, once it is there.
    package func reply(to messageID: String, within timeout: Duration = .seconds(30)) async throws -> Reply {
        var replies: [Reply] = []
        try await eventually("a reply to \(messageID)", within: timeout) {
            replies = try await self.replies(to: messageID)
            return !replies.isEmpty
        }
        return replies[0]
    }

    /// The first answer to a message, once it is there and written to its end.
    package func wholeReply(to messageID: String, within timeout: Duration = .seconds(30)) async throws -> Reply {
        var replies: [Reply] = []
        try await eventually("a whole reply to \(messageID)", within: timeout) {
            replies = try await self.replies(to: messageID)
            return replies.first.map { !$0.isStreaming } ?? false
        }
        return replies[0]
    }

    /// The minutes that answer a message, once they are there: before that their card tells how far they are.
    package func minutes(for messageID: String, within timeout: Duration = .seconds(30)) async throws -> Reply {
        var replies: [Reply] = []
        try await eventually("minutes for \(messageID)", within: timeout) {
            replies = try await self.replies(to: messageID)
            return replies.first.map { reply in
                !reply.isStreaming && !["正在整理会议纪要", "Writing the minutes"].contains(where: reply.text.contains)
            } ?? false
        }
        return replies[0]
    }

    /// The statuses of all attempts so far to deliver an event; 0 stands for no answer.
    package func statuses(of eventID: String) async throws -> [Int] {
        try await call("GET", "deliveries/\(eventID)")["attempts"]?.array?.map { Int($0["status"]?.integer ?? 0) } ?? []
    }

    /// Waits until an event was answered so many times, and gives the statuses.
    package func statuses(of eventID: String, count: Int) async throws -> [Int] {
        var statuses: [Int] = []
        try await eventually("\(count) answers to \(eventID)", within: .seconds(30)) {
            statuses = try await self.statuses(of: eventID)
            return statuses.count >= count
        }
        return statuses
    }

    /// Counts of everything.
    package func stats() async throws -> JSONValue { try await call("GET", "stats") }

    /// Every request of the bot to send something.
    package func sendings() async throws -> [Sending] {
        try await call("GET", "sent")["entries"]?.array?.map { entry in
            Sending(
                at: entry["at"]?.integer ?? 0,
                parentID: entry["parent_id"]?.string,
                messageID: entry["message_id"]?.string,
                outcome: entry["outcome"]?.string ?? ""
            )
        } ?? []
    }

    /// Makes coming calls of the open interface go wrong; see the sandbox for kinds.
    package func inject(_ fault: JSONValue) async throws { _ = try await call("POST", "faults", fault) }

    /// A transcript that the chat page offers.
    package func sampleTranscript(language: String) async throws -> String {
        let response = try await http.execute(HTTPClientRequest(url: "\(url)/sample.\(language).txt"))
        return String(decoding: response.body, as: UTF8.self)
    }

    // MARK: Calls

    /// Any request to the control interface; `path` is what follows `/sandbox/`.
    package func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        let response = try await http.execute(
            HTTPClientRequest(
                method: method,
                url: "\(url)/sandbox/\(path)",
                headers: body == nil ? [] : [("Content-Type", "application/json")],
                body: body.map { Array($0.text.utf8) },
                maximumResponseBytes: 64 << 20
            )
        )
        guard response.status == 200 else {
            let said = String(decoding: response.body.prefix(500), as: UTF8.self)
            throw Failure(description: "\(method) \(path): \(response.status) \(said)")
        }
        return try JSONValue(parsing: response.body)
    }
}
