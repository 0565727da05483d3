import Cryptography
import JobQueue

/// A job that follows from one message.
protocol MessageStep: Job where Arguments: MessageStepArguments {}

extension MessageStep {
    /// Names the step that follows from a message, among all tasks.
    static func key(for messageID: String, inApp appID: String) -> String { "\(name):\(appID):\(messageID)" }

    /// The id of its task.
    static func taskID(for messageID: String, inApp appID: String) -> TaskID {
        .derived(from: key(for: messageID, inApp: appID))
    }
}

/// Arguments that say which message.
protocol MessageStepArguments {
    var target: ReplyTarget { get }
}

extension TaskID {
    /// An id in a UUID's form (version 8, RFC 9562) that is the same for the same text.
    static func derived(from text: String) -> TaskID {
        var bytes = Array(SHA256.hash(Array(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return TaskID([0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-"))
    }
}
