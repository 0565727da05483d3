import Feishu
import JSON
import JobQueue
import Logging
import Plugins

/// Says what a plugin answers, or what became of it: to the message that set it off, else in its chat.
struct SkillVoice {
    let chat: any Chat
    let arguments: SkillRunJob.Arguments
    let context: JobContext
    let texts: AssistantTexts

    /// Says the parts of an answer in their order, each once.
    ///
    /// - Throws: Errors of the chat platform.
    func say(_ parts: [PluginReply.Part]) async throws {
        for (index, part) in parts.enumerated() {
            let key = "answer/\(index)"
            do {
                try await say(Self.reply(part), key: key)
            } catch let error as FeishuError where error.kind == .content {
                context.logger.warning(
                    "what a plugin answered was refused",
                    metadata: ["plugin": "\(arguments.plugin)", "error": "\(error)"]
                )
                try await tell(texts.refusedPart(of: arguments.plugin), key: "\(key)/refused")
            }
        }
    }

    /// Says a word of our own.
    ///
    /// - Throws: Errors of the chat platform.
    func tell(_ text: String, key: String) async throws { try await say(.text(text), key: key) }

    /// Where there is no chat, nothing is said; in one that is gone, neither.
    func say(_ reply: Reply, key: String) async throws {
        let key = "\(context.taskID)/\(key)"
        do {
            if let target = arguments.message?.target {
                try await chat.reply(reply, to: target, key: key)
            } else if let chatID = arguments.chatID {
                try await chat.say(reply, to: .chat(chatID), ofApp: arguments.appID, key: key)
            }
        } catch let error as FeishuError where error.kind == .gone {
            context.logger.info("the message to answer is gone", metadata: ["error": "\(error)"])
        }
    }

    private static func reply(_ part: PluginReply.Part) -> Reply {
        switch part {
        case .text(let text): .text(text)
        case .markdown(let text): .markdown(AnswerLinks.disclosed(text))
        case .card(let card): .card(harmless(.object(card)))
        case .file(let name, let bytes): .file(name: name, bytes: bytes)
        }
    }

    /// A card that mentions nobody, and whose buttons are none of ours: what ours do is named by the member `action`.
    static func harmless(_ card: JSONValue) -> JSONValue {
        switch card {
        case .string(let text): return .string(MessageMarkup.defused(text))
        case .array(let values): return .array(values.map(harmless))
        case .object(let object):
            var plain = JSONObject()
            for member in object.members where member.key != "action" { plain[member.key] = harmless(member.value) }
            return .object(plain)
        case .null, .bool, .integer, .double, .number: return card
        }
    }
}
