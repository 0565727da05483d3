import JSON
import TestSupport

extension AssistantSystem {
    /// The one answer to a message, once nothing more can come.
    func onlyReply(to messageID: String) async throws -> SandboxControl.Reply {
        let reply = try await sandbox.wholeReply(to: messageID)
        try await settled()
        let replies = try await sandbox.replies(to: messageID)
        guard replies.count == 1 else {
            throw NeverHappened(description: "one reply: there are \(replies.count), which")
        }
        return replies.first ?? reply
    }
}

extension FakeModelRequest {
    /// Everything that it was told, by role.
    func texts(of role: String) -> [String] {
        messages.filter { $0["role"]?.string == role }.map { message in
            switch message["content"] {
            case .string(let text): text
            case .array(let parts): parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
            default: ""
            }
        }
    }

    /// What it asks on the way to minutes; nil for anything else.
    var minutesQuestion: MinutesQuestion? {
        let instructions = texts(of: "system").first ?? ""
        return MinutesQuestion.allCases.first { instructions.hasPrefix($0.rawValue) }
    }

    /// By how its instructions begin.
    enum MinutesQuestion: String, CaseIterable {
        case facts = "Take facts out of a part"
        case repair = "Items of your reply"
        case summary = "You write the summary of a meeting"
    }

    var everything: String { messages.map(\.text).joined(separator: "\n") }

    /// Addresses of the images in it.
    var images: [String] {
        messages.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["image_url"]?["url"]?.string }
    }
}
