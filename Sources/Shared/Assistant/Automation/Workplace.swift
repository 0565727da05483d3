package import Feishu

/// What rules do where people work, apart from asking a model.
package protocol Workplace: Sendable {
    /// Says something in a chat, in as many messages as it takes. What was said under the key is not said again.
    ///
    /// Throws errors of the platform, which advise on trying again where they can.
    func say(_ words: Words, inChat chatID: String, ofApp appID: String, key: String) async throws

    /// Makes a task, one for a key, and returns where people see it.
    func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String?

    /// What people said in a chat between two times, in milliseconds since 1970, the oldest first.
    func lines(inChat chatID: String, ofApp appID: String, during span: Range<Int64>) async throws -> [ChatLine]
}

/// What a rule says.
package enum Words: Sendable, Equatable {
    case text(String)
    case markdown(String)
}

/// What somebody said in a chat.
package struct ChatLine: Sendable, Equatable {
    /// An open id; nil for a bot.
    package let senderID: String?
    package let text: String

    package init(senderID: String?, text: String) {
        self.senderID = senderID
        self.text = text
    }
}
