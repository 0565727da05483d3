import Testing

@testable import Assistant

@Suite("Commands")
struct CommandTests {
    @Test(
        "a command is a word alone or behind a slash, in English or Chinese",
        arguments: [
            ("/help", Command.help), ("帮助", .help), ("？", .help), (" /NEW ", .new), ("新对话", .new), ("/新对话", .new),
            ("/stop", .stop), ("停止", .stop), ("停", .stop), ("stop", .stop), ("/model", .model(nil)),
            ("/model qwen-plus", .model("qwen-plus")), ("/模型：qwen", .model("qwen")), ("/status", .status),
            ("/用量", .usage), ("/language 中文", .language("中文")), ("/remind me at 5", .remind("me at 5")),
            ("/minutes", .minutes("")), ("/minutes\nA: b", .minutes("A: b")), ("／帮助", .help),
            ("/minutes markdown", .minutesFile), ("纪要 Markdown", .minutesFile), ("/会议纪要 markdown。", .minutesFile),
            ("/minutes markdown: is a format", .minutes("markdown: is a format")),
            ("/remember", .remember), ("记住这个文件。", .remember), ("Remember this file", .remember), ("/files", .files),
            ("你记住了哪些文件？", .files), ("/forget a b.pdf", .forget("a b.pdf")), ("/忘记 全部", .forget("全部")),
        ]
    )
    func commands(text: String, expected: Command) {
        #expect(Command(text) == expected)
    }

    @Test(
        "what only begins like one is a question",
        arguments: [
            "停止这个项目的原因是什么", "stop it", "模型", "状态", "help me with this", "新对话框怎么做", "/unknown", "/", "remind me", "",
            "记住这个文件里的数字", "文件", "忘记 全部", "forget it", "remember this file is old",
        ]
    )
    func questions(text: String) {
        #expect(Command(text) == nil)
    }
}
