/// One genuine event, with the few fields that decide where it goes.
package struct ReceivedEvent: Sendable, Equatable {
    /// The app it was delivered to.
    package let appID: String
    /// Feishu's id of the event (`event_id`, in schema 1.0 `uuid`), the same in each redelivery. Where Feishu leaves it
    /// out, the digest of the plaintext.
    package let eventID: String
    /// Such as `im.message.receive_v1`.
    package let type: String
    package let tenantKey: String?
    /// When it happened, in milliseconds since 1970.
    package let createdAt: Int64?
    package let messageID: String?
    package let chatID: String?
    package let threadID: String?
    package let rootID: String?
    /// The decrypted JSON, byte for byte as Feishu wrote it, checked to be JSON.
    package let plaintext: [UInt8]
    /// Where the app's Verification Token stands in the plaintext, in order.
    package let tokens: [Range<Int>]

    package init(
        appID: String,
        eventID: String,
        type: String,
        tenantKey: String? = nil,
        createdAt: Int64? = nil,
        messageID: String? = nil,
        chatID: String? = nil,
        threadID: String? = nil,
        rootID: String? = nil,
        plaintext: [UInt8],
        tokens: [Range<Int>] = []
    ) {
        self.appID = appID
        self.eventID = eventID
        self.type = type
        self.tenantKey = tenantKey
        self.createdAt = createdAt
        self.messageID = messageID
        self.chatID = chatID
        self.threadID = threadID
        self.rootID = rootID
        self.plaintext = plaintext
        self.tokens = tokens
    }

    /// Appends the plaintext as it may be stored: without the Verification Token, which is a secret and has done its
    /// work.
    package func appendStorable(to output: inout [UInt8]) {
        var rest = plaintext[...]
        for token in tokens {
            output += rest[..<token.lowerBound]
            rest = rest[token.upperBound...]
        }
        output += rest
    }

    /// What events of one conversation have in common: the thread, else the tree of replies, else the chat.
    package var conversationKey: String? { threadID ?? rootID ?? chatID }
}
