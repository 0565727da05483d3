import Foundation
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("What the assistant knows")
    struct KnowledgeTests {
        /// Answers with the first passage it is told of, and cites it.
        private static func cite(_ request: FakeModelRequest) -> FakeModelAnswer {
            let passage = request.text.components(separatedBy: "<passage").dropFirst().first
            guard let text = passage?.components(separatedBy: ">\n").dropFirst().first else {
                return .text("Nothing known.")
            }
            let words = text.components(separatedBy: "\n</passage").first ?? ""
            return .text("\(words) [1]")
        }

        @Test("a folder is searched, and the answer cites it, in Chinese and in English")
        func folder() async throws {
            try await TemporaryFolder.with { folder in
                try folder.write("# 年假\n\n员工每年有十五天带薪年假。\n\n# 差旅\n\n高铁可以报销二等座。", to: "制度.md")
                try folder.write("# Parking\n\nGuests park in the garage on Elm Street.", to: "office.md")
                let settings = ["KNOWLEDGE_FOLDER": folder.path, "KNOWLEDGE_POLL_INTERVAL": "1"]
                try await AssistantSystem.with(model: Self.cite, .init(settings: settings)) { system, model in
                    for (user, question, answer, source) in [
                        ("小明", "我有几天年假？", "十五天带薪年假", "- [1] 制度.md › 年假"),
                        ("Ann", "Where do guests park?", "garage on Elm Street", "- [1] office.md › Parking"),
                    ] {
                        let message = try await system.sandbox.say(question, as: user)
                        let reply = try await system.onlyReply(to: message.messageID)
                        #expect(reply.text.contains(answer) && reply.text.contains(source), "\(reply.text)")
                    }
                    let message = try await system.sandbox.say("How tall is the Eiffel Tower?", as: "Zoe")
                    #expect(try await system.onlyReply(to: message.messageID).text.contains("Nothing known."))
                    // It is told as material, beside the question, and not as an instruction.
                    for request in model.tally.requests {
                        #expect(
                            !request.texts(of: "system").contains { $0.contains("Elm Street") || $0.contains("十五天") }
                        )
                    }
                }
            }
        }

        @Test("a file is remembered in its chat alone, by all workers, listed, replaced and forgotten")
        func remember() async throws {
            try await AssistantSystem.with(model: Self.cite, .init(workers: 2)) { system, _ in
                let sandbox = system.sandbox
                func ask(_ text: String, as user: String = "Maya", in group: String? = nil, replyTo: String? = nil)
                    async throws -> String
                {
                    let message = try await sandbox.say(text, as: user, in: group, replyTo: replyTo)
                    return try await system.onlyReply(to: message.messageID).text
                }
                #expect(try await ask("/files").contains("I remember no files"))
                #expect(try await ask("Remember this file").contains("Send me the file first"))
                let file = Array("# Badges\n\nLost badges are replaced at desk nine.".utf8)
                let sent = try await sandbox.sendFile(file, named: "badges.md")
                _ = try await system.onlyReply(to: sent.messageID)
                #expect(try await ask("/remember").contains("I will remember “badges.md”"))

                let question = "Where are lost badges replaced?"
                // Several times, so that each worker is asked.
                for _ in 1...3 {
                    _ = try await ask("/new")
                    let answer = try await ask(question)
                    #expect(answer.contains("desk nine") && answer.contains("- [1] badges.md › Badges"), "\(answer)")
                }
                #expect(try await ask(question, as: "Han").contains("Nothing known."))
                #expect(try await ask(question, in: "Team").contains("Nothing known."))
                #expect(try await ask("/files").contains("1. badges.md"))
                #expect(try await ask("/files", as: "Han").contains("I remember no files"))
                #expect(try await ask("/forget badges.md", as: "Han").contains("I remember no files"))

                let newer = try await sandbox.sendFile(
                    Array("# Badges\n\nLost badges are replaced at desk twelve.".utf8),
                    named: "badges.md"
                )
                _ = try await system.onlyReply(to: newer.messageID)
                #expect(try await ask("记住这个文件").contains("记住了“badges.md”"))
                _ = try await ask("/new")
                #expect(try await ask(question).contains("desk twelve"))
                #expect(try await ask("/forget badges.md").contains("I have forgotten “badges.md”"))
                _ = try await ask("/new")
                #expect(try await ask(question).contains("Nothing known."))

                // In a group a file is quoted.
                let shared = try await sandbox.sendFile(
                    Array("值班电话是 8899。".utf8),
                    named: "值班.txt",
                    as: "Han",
                    in: "Team",
                    mentioningBot: false
                )
                #expect(try await ask("记住这个文件", in: "Team", replyTo: shared.messageID).contains("记住了“值班.txt”"))
                #expect(try await ask("值班电话是多少", as: "Han", in: "Team").contains("8899"))
                #expect(try await ask("值班电话是多少").contains("Nothing known."))
                #expect(try await ask("/忘记 全部", in: "Team").contains("已忘掉 1 个文件"))
                #expect(try await system.census().dead == 0)
            }
        }
    }
}
