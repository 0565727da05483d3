import LanguageModel

/// What the assistant says to commands.
extension AssistantTexts {
    var newConversation: String { say("好的，我们重新开始。", "All right, we begin anew.") }

    func stopResult(_ stopped: CommandRunner.Stopped) -> String {
        let dropped = stopped.dropped
        return switch (stopped.wasAnswering, dropped) {
        case (false, 0): say("现在没有正在写的回答。", "There is no answer being written.")
        case (_, 0): say("已停止。", "Stopped.")
        default: say("已停止，还在等待的 \(dropped) 条消息不再回答。", "Stopped. \(Self.messages(dropped)) will not be answered.")
        }
    }

    private static func messages(_ count: Int) -> String {
        count == 1 ? "One message that waited" : "\(count) messages that waited"
    }

    func models(_ names: [String], chosen: String) -> String {
        let list = names.map { $0 == chosen ? "- **\($0)** ✓" : "- \($0)" }.joined(separator: "\n")
        return say(
            "可选的模型：\n\(list)\n\n发送 `/model 名称` 选择。",
            "The models:\n\(list)\n\nSend `/model name` to choose one."
        )
    }

    func modelChosen(_ name: String) -> String {
        say("这个对话现在使用 \(name)。", "This conversation uses \(name) now.")
    }

    func noSuchModel(_ name: String, _ names: [String]) -> String {
        let list = names.joined(separator: say("、", ", "))
        return say("没有叫“\(name)”的模型。可选：\(list)。", "There is no model “\(name)”. There are: \(list).")
    }

    var languages: String {
        say(
            "发送 `/language 中文` 或 `/language English` 选择；`/language auto` 跟随你的消息。",
            "Send `/language 中文` or `/language English` to choose; `/language auto` follows your messages."
        )
    }

    var languageChosen: String { say("好的，我用中文。", "All right, I will speak English.") }
    var languageFollows: String { say("好的，我跟随你的语言。", "All right, I will follow your language.") }

    /// How many wait for an answer, and whether one is being written in this conversation.
    func status(waiting: Int, isAnswering: Bool, model: String) -> String {
        let here = isAnswering ? say("正在写这个对话的回答。", "I am writing an answer in this conversation.") : ""
        let queue =
            waiting == 0
            ? say("没有人在排队。", "Nobody waits.")
            : say("有 \(waiting) 条消息在排队。", waiting == 1 ? "One message waits." : "\(waiting) messages wait.")
        return [here, queue, say("模型：\(model)", "Model: \(model)")].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// To somebody who may not use the assistant.
    var notAllowed: String {
        say("你还没有使用我的权限，请联系管理员。", "You are not allowed to use me yet. Please ask your administrator.")
    }

    /// To somebody who sent a video, a place, a card.
    var unreadableMessage: String {
        say(
            "这类消息我还读不了，请发文字、图片、文件、语音，或转发聊天记录给我。",
            "I cannot read messages of this kind. Send me text, an image, a file, a voice message, or forward a conversation."
        )
    }

    /// What the bot says where it was put into a group.
    func groupGreeting(_ policy: AssistantSettings.GroupPolicy) -> String {
        let how =
            policy == .always
            ? say("直接在群里说就可以。", "Just write here.")
            : say("需要我时请 @我。", "Mention me when you need me.")
        return say("大家好，我是你们的助手。", "Hello everybody, I am your assistant. ") + how + "\n\n" + abilities
    }
}
