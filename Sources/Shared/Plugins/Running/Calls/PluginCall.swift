package import JSON

/// One call of a plugin, with all that we know: what of it the plugin gets depends on its permissions.
package struct PluginCall: Sendable {
    /// A person, as the chat platform knows them.
    package struct Person: Sendable, Equatable {
        package let openID: String
        package let name: String?

        package init(openID: String, name: String?) {
            self.openID = openID
            self.name = name
        }
    }

    /// The message that made us call.
    package struct Message: Sendable, Equatable {
        package let id: String
        package let type: String
        package let text: String
        /// Milliseconds since 1970.
        package let createdAt: Int64

        package init(id: String, type: String, text: String, createdAt: Int64) {
            self.id = id
            self.type = type
            self.text = text
            self.createdAt = createdAt
        }
    }

    /// Where it was written.
    package struct Chat: Sendable, Equatable {
        package let id: String
        package let isGroup: Bool
        package let threadID: String?

        package init(id: String, isGroup: Bool, threadID: String? = nil) {
            self.id = id
            self.isGroup = isGroup
            self.threadID = threadID
        }
    }

    /// A file that came with it.
    package struct Attachment: Sendable, Equatable {
        package let kind: String
        package let name: String
        package let bytes: [UInt8]

        package init(kind: String, name: String, bytes: [UInt8]) {
            self.kind = kind
            self.name = name
            self.bytes = bytes
        }
    }

    /// Why it is called.
    package enum Cause: Sendable, Equatable {
        case command(name: String, arguments: String)
        case keyword(String)
        /// The groups of the pattern, the whole match first.
        case pattern(matches: [String])
        case event(type: String, body: JSONObject)
        /// `at` is a moment of ISO 8601.
        case schedule(name: String, at: String)
        case tool(name: String, arguments: JSONObject)
        /// The plugin asked for it in an earlier answer.
        case job
    }

    /// The plugin's configuration, with defaults.
    package struct Settings: Sendable, Equatable {
        /// Without secrets.
        package let open: JSONObject
        /// With them.
        package let complete: JSONObject

        package init(open: JSONObject, complete: JSONObject) {
            self.open = open
            self.complete = complete
        }
    }

    /// The task's.
    package let requestID: String
    /// The same for each try of the same call.
    package let idempotencyKey: String
    /// Of the answer: `zh-CN` or `en`.
    package let language: String
    package let cause: Cause
    /// What follows the command; for everything else the whole text.
    package var content = ""
    package var message: Message?
    package var sender: Person?
    package var chat: Chat?
    package var mentions: [Person] = []
    package var attachments: [Attachment] = []
    package var conversationID: String?
    package var settings = Settings(open: [:], complete: [:])
    /// What the plugin kept for this conversation.
    package var state: JSONObject?

    /// - Parameters:
    ///   - requestID: The task's ID.
    ///   - idempotencyKey: The same for each try of the same call.
    ///   - language: Of the answer: `zh-CN` or `en`.
    ///   - cause: Why it is called.
    package init(requestID: String, idempotencyKey: String, language: String, cause: Cause) {
        self.requestID = requestID
        self.idempotencyKey = idempotencyKey
        self.language = language
        self.cause = cause
    }
}
