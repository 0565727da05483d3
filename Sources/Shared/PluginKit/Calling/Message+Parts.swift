import Cryptography
public import JSON

extension Message {
    /// Why a plugin is called.
    public struct Cause: Sendable, Hashable {
        /// The kind of a cause.
        public struct Kind: Sendable, Hashable, RawRepresentable {
            public static let command = Kind(rawValue: "command")
            public static let keyword = Kind(rawValue: "keyword")
            public static let pattern = Kind(rawValue: "pattern")
            public static let event = Kind(rawValue: "event")
            public static let schedule = Kind(rawValue: "schedule")
            public static let tool = Kind(rawValue: "tool")
            /// A call that the plugin itself asked for.
            public static let job = Kind(rawValue: "job")

            /// As the contract writes it.
            public let rawValue: String

            /// A kind, known or not: later versions of the assistant may have more.
            public init(rawValue: String) { self.rawValue = rawValue }
        }

        public let kind: Kind
        /// Of a command, a schedule or a tool.
        public let name: String?
        /// What follows a command.
        public let arguments: String?
        /// The groups of a pattern.
        public let matches: [String]
    }

    /// The message itself.
    public struct Original: Sendable, Hashable {
        public let id: String?
        /// As Feishu names it, such as `text`.
        public let type: String?
        /// The whole text, with the command.
        public let text: String?
        /// Milliseconds since 1970.
        public let createdAt: Int64?
    }

    /// Somebody.
    public struct Person: Sendable, Hashable {
        public let openID: String?
        public let name: String?
    }

    /// Where a message was written.
    public struct Chat: Sendable, Hashable {
        public let id: String?
        /// Whether others read along.
        public let isGroup: Bool
        public let threadID: String?
    }

    /// A file that came with a message.
    public struct Attachment: Sendable, Hashable {
        /// Such as `file` or `image`.
        public let kind: String?
        public let name: String?
        /// In bytes.
        public let size: Int64?
        let base64: String?

        /// What is in it; nil where it did not come along.
        public var content: [UInt8]? { base64.flatMap { try? Base64.decode($0) } }
    }

    /// What a model asks of a tool.
    public struct ToolCall: Sendable, Hashable {
        public let name: String
        /// They fit the tool's schema.
        public let arguments: JSONObject
    }

    /// What happened in Feishu.
    public struct Event: Sendable, Hashable {
        /// Such as `im.chat.member.user.added_v1`.
        public let type: String
        public let body: JSONObject
    }

    /// A time that has come.
    public struct Schedule: Sendable, Hashable {
        public let name: String
        /// RFC 3339.
        public let at: String?
    }
}
