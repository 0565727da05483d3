import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Commands")
    struct CommandTests {
        private struct Said {
            let text: String
            let answer: String

            init(_ text: String, _ answer: String) {
                self.text = text
                self.answer = answer
            }
        }

        private static let english = [
            Said("/help", "Hello, I can:"), Said("help", "Hello, I can:"),
            Said("/new", "All right, we begin anew."), Said("/stop", "There is no answer being written."),
            Said("/model", "- **fake-model** ✓"), Said("/model nope", "There is no model “nope”."),
            Said("/model FAKE-MODEL", "This conversation uses fake-model now."),
            Said("/minutes", "Please send me the transcript"),
            Said("/minutes\nAlice: I will finish the tests by Wednesday.\nBob: Good.", "Action items"),
            Said("/remind tomorrow at 3pm hand in the report", "I will remind you: hand in the report"),
            Said("/remind list", "hand in the report"), Said("/status", "Model: fake-model"),
            Said("/usage", "Today: 1 requests"), Said("/language", "to choose"),
            Said("/language English", "All right, I will speak English."),
            Said("/language auto", "All right, I will follow your language."),
        ]

        private static let chinese = [
            Said("帮助", "你好，我可以："), Said("/帮助", "你好，我可以："), Said("新对话", "好的，我们重新开始。"),
            Said("停止", "现在没有正在写的回答。"), Said("/模型", "可选的模型："), Said("/模型 fake-model", "这个对话现在使用 fake-model。"),
            Said("会议纪要", "请把会议记录发给我"), Said("会议纪要：\n李娜：好的，我来负责扩容，下周三前完成。\n王强：好。", "待办"),
            Said("/提醒 明天下午三点 提交周报", "提醒你：提交周报"), Said("半小时后叫我开会", "提醒你：开会"),
            Said("/状态", "模型：fake-model"), Said("/用量", "今天：1 次请求"), Said("/语言", "跟随你的消息"),
            Said("/语言 英语", "All right, I will speak English."), Said("帮助", "Hello, I can:"),
            Said("/语言 自动", "All right, I will follow your language."), Said("帮助", "你好，我可以："),
        ]

        @Test("each is obeyed by its English and its Chinese words, in the language of these")
        func words() async throws {
            // No JSON: minutes are extracted, but the request counts.
            try await AssistantSystem.with(model: { _ in .text("I would rather not.") }) { system, _ in
                for (person, list) in [("Maya", Self.english), ("林晓", Self.chinese)] {
                    for said in list {
                        let message = try await system.sandbox.say(said.text, as: person)
                        let reply = try await system.sandbox.minutes(for: message.messageID)
                        #expect(reply.text.contains(said.answer), "\(said.text): \(reply.text)")
                    }
                }
                // A question that begins with a command's word is a question.
                let question = try await system.sandbox.say("停止这个项目的原因是什么？")
                #expect(
                    try await system.sandbox.wholeReply(to: question.messageID).text.contains("I would rather not.")
                )
            }
        }
    }
}
