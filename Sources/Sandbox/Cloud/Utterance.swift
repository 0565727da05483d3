package import JSON

/// What somebody writes, as the chat page or a test says it.
package struct Utterance: Sendable {
    package var person: String
    /// The group's name; nil for a private chat.
    package var group: String?
    /// The chat's id, where that is known; goes before `group`.
    package var chatID: String?
    /// The bot of a private chat; the main app's when nil.
    package var app: String?
    package var text: String
    /// Others (besides the bot) who are mentioned at the start.
    package var mentions: [String] = []
    /// Whether a message in a group mentions the bot at the start.
    package var mentionsBot = true
    /// Whether `<at user_id="…">…</at>` in the text are mentions, as the chat page's picker makes them.
    package var findsMentions = false
    package var replyTo: String?
    /// Whether the reply opens a thread.
    package var inThread = false
    /// How many times at once the event is delivered.
    package var copies = 1
    /// Another type than text, with its content, such as `image` and `{"image_key":"…"}`.
    package var special: (type: String, content: JSONValue)?
    /// The messages of a merged forward.
    var forwarded: [CloudMessage] = []

    package init(person: String, text: String, group: String? = nil) {
        self.person = person
        self.text = text
        self.group = group
    }
}

/// What became of an utterance.
package struct Spoken: Sendable {
    package let messageID: String
    package let chatID: String
    /// Of the main app's event, or the first one told; nil when no bot is told.
    package let eventID: String?
}

/// Why the control interface refused something.
package enum ControlError: Error, Equatable {
    case invalid(String)
    case notFound(String)
    case full(String)
}
