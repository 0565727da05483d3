import JSON

/// One genuine event, with the few fields that decide where it goes.
package struct ReceivedEvent: Sendable, Equatable {
    /// Where fields stand in the plaintext. Text is made of one when it is asked for.
    struct Places: Sendable, Equatable {
        var tenantKey: JSONStringSlice?
        var createdAt: JSONStringSlice?
        var messageID: JSONStringSlice?
        var chatID: JSONStringSlice?
        var threadID: JSONStringSlice?
        var rootID: JSONStringSlice?
        var content: JSONStringSlice?
        var cardAction: JSONStringSlice?
        /// Where the app's Verification Token stands, in order.
        var tokens: [Range<Int>] = []
    }

    /// The app it was delivered to.
    package let appID: String
    /// Feishu's id of the event (`event_id`, in schema 1.0 `uuid`), the same in each redelivery. Where Feishu leaves it
    /// out, the digest of the plaintext.
    package let eventID: String
    /// Such as `im.message.receive_v1`.
    package let type: String
    /// The decrypted JSON, byte for byte as Feishu wrote it, checked to be JSON.
    package let plaintext: [UInt8]
    private let places: Places
    /// When it was signed, for events that do not say when they happened: milliseconds since 1970.
    private let signedAt: Int64?

    init(
        appID: String,
        eventID: String,
        type: String,
        plaintext: [UInt8],
        places: Places,
        signedAt: Int64? = nil
    ) {
        self.appID = appID
        self.eventID = eventID
        self.type = type
        self.plaintext = plaintext
        self.places = places
        self.signedAt = signedAt
    }

    package var tenantKey: String? { text(places.tenantKey) }
    package var messageID: String? { text(places.messageID) }
    package var chatID: String? { text(places.chatID) }
    package var threadID: String? { text(places.threadID) }
    package var rootID: String? { text(places.rootID) }
    /// When it happened, in milliseconds since 1970.
    package var createdAt: Int64? { text(places.createdAt).flatMap { EventTime.milliseconds($0) } ?? signedAt }

    /// What a button of a card of ours wants (`action.value.action`).
    package var cardAction: String? {
        guard let place = places.cardAction, place.range.count <= 64 else { return nil }
        return text(place)
    }

    /// Whether it is about what goes on in its conversation, and so must not wait for that to end: somebody clicked on a
    /// card, took a message back, or wrote nothing but a command to stop.
    package var isInterruption: Bool {
        switch type {
        case EventType.cardAction, EventType.oldCardAction, EventType.messageRecalled: true
        case EventType.messageReceived: places.content.map { StopCommand.isMeant(by: $0, in: plaintext) } ?? false
        default: false
        }
    }

    /// What events of one conversation have in common: the thread, else the tree of replies, else the chat.
    package var conversationKey: String? { threadID ?? rootID ?? chatID }

    /// Appends the plaintext as it may be stored: without the Verification Token, which is a secret and has done its
    /// work.
    package func appendStorable(to output: inout [UInt8]) {
        var rest = plaintext[...]
        for token in places.tokens {
            output += rest[..<token.lowerBound]
            rest = rest[token.upperBound...]
        }
        output += rest
    }

    private func text(_ place: JSONStringSlice?) -> String? { place?.text(in: plaintext) }
}
