import FeishuSandbox
import Foundation
import HTTP
import JSON
import Testing

@Suite("Control interface and chat page", .timeLimit(.minutes(1)))
struct ControlTests {
    @Test("effects are counted by key")
    func effects() async throws {
        try await RunningSandbox.with { sandbox in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let answer = try await sandbox.call(
                            "POST",
                            "/sandbox/effects",
                            ["key": .string("job-\(number % 20)")]
                        )
                        #expect(answer.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            _ = try await sandbox.call("POST", "/sandbox/effects", ["key": "job-20"])
            let effects = try await sandbox.call("GET", "/sandbox/effects").json
            #expect(effects["keys"] == 21)
            #expect(effects["total"] == 41)
            #expect(effects["repeated"] == 20)
            #expect(effects["counts"]?["job-20"] == 1)
        }
    }

    @Test("a transcript of 150 KB can be said, a longer one not")
    func sizes() async throws {
        try await RunningSandbox.with { sandbox in
            let most = String(repeating: "字", count: 150 * 1024 / 3)
            #expect(try await sandbox.call("POST", "/sandbox/messages", ["text": .string(most)]).status == 200)
            let more = try await sandbox.call("POST", "/sandbox/messages", ["text": .string(most + "x")])
            #expect(more.status == 400)
            #expect(more.json["error"]?.string?.contains("150 KB") == true)
        }
    }

    @Test("a body that is no JSON, or does not say that it is, is refused")
    func contentType() async throws {
        try await RunningSandbox.with { sandbox in
            let body: JSONValue = ["text": "hi"]
            let form = try await sandbox.call(
                "POST",
                "/sandbox/messages",
                body,
                headers: [("Content-Type", "text/plain")]
            )
            #expect(form.status == 415)
            #expect(try await sandbox.call("POST", "/sandbox/messages", "just a string").status == 400)
            let empty = try await sandbox.call("POST", "/sandbox/messages", [:])
            #expect(empty.status == 400)
        }
    }

    @Test("the page and its parts come from the binary, under a strict content policy")
    func page() async throws {
        try await RunningSandbox.with { sandbox in
            for path in [
                "/", "/chat.css", "/content.css", "/words.js", "/markdown.js", "/store.js", "/typewriter.js",
                "/cards.js", "/contents.js", "/messages.js", "/chats.js", "/mentions.js", "/composer.js",
                "/chat.js", "/sample.zh-CN.txt", "/sample.en.txt",
            ] {
                let answer = try await sandbox.call("GET", path)
                #expect(answer.status == 200)
                #expect(answer.body.count > 500)
                let policy = try #require(answer.header("content-security-policy"))
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
            }
            let html = String(decoding: try await sandbox.call("GET", "/").body, as: UTF8.self)
            #expect(!html.contains("https://"))
        }
    }

    @Test("what happens reaches a listening page as server-sent events")
    func updates() async throws {
        try await RunningSandbox.with { sandbox in
            let stream = try await sandbox.client.stream(HTTPClientRequest(url: sandbox.url + "/sandbox/events"))
            #expect(stream.head.header(named: "content-type") == "text/event-stream")
            var text = ""
            var spoken: Spoken?
            for try await bytes in stream.body {
                text += String(decoding: bytes, as: UTF8.self)
                if spoken == nil, text.contains("hello") { spoken = try sandbox.say("over here") }
                if text.contains("over here") { break }
            }
            #expect(text.contains(try #require(spoken?.messageID)))
            let state = try await sandbox.call("GET", "/sandbox/state").json
            #expect(state["messages"]?.array?.count == 1)
        }
    }

    @Test("a person's recall is told to the bot, and replies to it are refused")
    func recall() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let answer = try await sandbox.call("POST", "/sandbox/messages/\(spoken.messageID)/recall", [:])
            #expect(answer.json["event_id"]?.string != nil)
            #expect(try await sandbox.reply(to: spoken.messageID, token: token).code == 230_011)
        }
    }

    @Test("memory is bounded: the oldest messages go first")
    func bounds() async throws {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.bounds = MemoryBounds(messages: 3)
        try await RunningSandbox.with(configuration) { sandbox in
            let first = try sandbox.say("first")
            for number in 0..<3 { _ = try sandbox.say("\(number)") }
            let token = try await sandbox.token()
            let gone = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(first.messageID)", token: token)
            #expect(gone.code == 230_110)
            #expect(try await sandbox.call("GET", "/sandbox/stats").json["messages"] == 3)
        }
    }
}
