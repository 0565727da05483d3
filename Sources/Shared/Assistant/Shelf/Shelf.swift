/// The files that the people of one chat asked the bot to remember: only in that chat are they found, listed and
/// forgotten.
package struct Shelf: Sendable, Hashable {
    package let appID: String
    package let chatID: String

    package init(appID: String, chatID: String) {
        self.appID = appID
        self.chatID = chatID
    }

    /// Names it among all, also as a hash tag.
    var key: String { "assistant:{\(appID):\(chatID)}:shelf" }
}

/// One of these files.
package struct ShelfDocument: Codable, Sendable, Equatable {
    /// As the person's file was called; another file of the name takes its place.
    package let name: String
    /// The message it came with.
    package let messageID: String
    /// Until when it is kept: milliseconds since 1970.
    package let until: Int64
    /// Of its text, in UTF-8.
    package let bytes: Int

    package init(name: String, messageID: String, until: Int64, bytes: Int) {
        self.name = name
        self.messageID = messageID
        self.until = until
        self.bytes = bytes
    }

    enum CodingKeys: String, CodingKey {
        case name, until, bytes
        case messageID = "message_id"
    }
}

/// How much a shelf holds, and for how long.
package struct ShelfBounds: Sendable {
    /// Files of one chat; 0 where no files are remembered.
    package let documents: Int
    /// Of the text of all files of one chat, in UTF-8.
    package let bytes: Int
    /// From when a file was remembered.
    package let life: Duration

    package init(documents: Int = 20, bytes: Int = 4 << 20, life: Duration = .seconds(30 * 86_400)) {
        self.documents = documents
        self.bytes = bytes
        self.life = life
    }
}
