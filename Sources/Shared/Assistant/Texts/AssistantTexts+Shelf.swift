import LanguageModel

/// What the assistant says about the files that a chat keeps.
extension AssistantTexts {
    var rememberUsage: String {
        say(
            "先把文件发给我，再说“记住这个文件”；或者引用一条文件消息，发送 `/remember`。",
            "Send me the file first, then `/remember`; or quote the message with the file and send `/remember`."
        )
    }

    /// Of a file without a name.
    var namelessFile: String { say("未命名文件", "unnamed file") }

    func remembered(_ name: String, for life: Duration, wasCut: Bool) -> String {
        let days = max(1, Int(life / .seconds(86_400)))
        let name = name.plainInMarkdown
        let cut = wasCut ? say("文件太长，只记住了开头的部分。", " The file is too long: I keep its beginning.") : ""
        return say(
            "记住了“\(name)”。在这个聊天里回答问题时我会查阅它，保留 \(days) 天。\(cut)发送 `/files` 查看，`/forget 文件名` 删除。",
            """
            I will remember “\(name)” and look things up in it in this chat, for \(days == 1 ? "a day" : "\(days) days").\
            \(cut) `/files` lists what I remember, `/forget name` drops it.
            """
        )
    }

    func shelfHasTooMany(_ count: Int) -> String {
        say(
            "这个聊天已经记住了 \(count) 个文件，不能再多。请先用 `/forget 文件名` 删除一些。",
            "This chat has \(count) files, which is the most. Please drop one with `/forget name` first."
        )
    }

    var shelfIsFull: String {
        say(
            "这个聊天记住的文件已经太多，放不下这个文件。请先用 `/forget 文件名` 删除一些。",
            "There is no room for this file in this chat. Please drop others with `/forget name` first."
        )
    }

    var shelfIsEmpty: String {
        say("这个聊天没有记住的文件。", "I remember no files in this chat.") + "\n\n" + rememberUsage
    }

    func shelfList(_ lines: [String]) -> String {
        let list = lines.joined(separator: "\n")
        return say(
            "这个聊天记住的文件：\n\(list)\n\n`/forget 文件名` 删除一个，`/forget 全部` 全部删除。",
            "The files that I remember in this chat:\n\(list)\n\n`/forget name` drops one, `/forget all` all of them."
        )
    }

    /// Behind a file's name.
    func shelfNote(_ bytes: Int, days: Int) -> String {
        let size = max(1, bytes / 1_024)
        return say(
            "（\(size) KB，还有 \(days) 天）",
            days == 1 ? " (\(size) KB, a day left)" : " (\(size) KB, \(days) days left)"
        )
    }

    var forgetUsage: String {
        say("忘掉哪个文件？`/forget 文件名`，或 `/forget 全部`。", "Which file? `/forget name`, or `/forget all`.")
    }

    func forgotten(_ name: String) -> String {
        say("已忘掉“\(name.plainInMarkdown)”。", "I have forgotten “\(name.plainInMarkdown)”.")
    }

    func forgotten(_ count: Int) -> String {
        say("已忘掉 \(count) 个文件。", count == 1 ? "I have forgotten one file." : "I have forgotten \(count) files.")
    }

    func noSuchFile(_ name: String) -> String {
        let name = String(name.prefix(100)).plainInMarkdown
        return say("没有记住叫“\(name)”的文件，`/files` 查看。", "I remember no file “\(name)”; `/files` lists them.")
    }
}
