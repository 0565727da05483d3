import FeishuSandbox
import JSON
import Testing

@Suite("Card entities", .timeLimit(.minutes(1)))
struct CardKitTests {
    @Test("an entity is created, sent once by its creator, streamed into and closed")
    func life() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let id = try await sandbox.createCard(token: token)
            #expect(id.count == 19)
            let sent = try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token)
            #expect(sent.code == 0)
            #expect(sent.json["data"]?["body"]?["content"]?.string?.contains("\"text\":\"…\"") == true)
            #expect(sandbox.cloud.replies(to: spoken.messageID).map(\.firstChange) == [nil])
            #expect(try await sandbox.stream("The answer", into: id, 1, token: token).code == 0)
            let change = try #require(sandbox.cloud.replies(to: spoken.messageID).first?.firstChange)
            #expect(try await sandbox.stream("The answer is 42.", into: id, 2, token: token).code == 0)
            #expect(sandbox.cloud.replies(to: spoken.messageID).map(\.firstChange) == [change])
            #expect(try await sandbox.settings(["streaming_mode": false], of: id, 3, token: token).code == 0)
            let message = try #require(sent.json["data"]?["message_id"]?.string)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(message)", token: token)
            let content = read.json["data"]?["items"]?.array?.first?["body"]?["content"]?.string
            #expect(content?.contains("The answer is 42.") == true)
            #expect(sandbox.cloud.replies(to: spoken.messageID).map(\.text) == ["The answer is 42."])
            #expect(sandbox.cloud.card(id)?["streaming"] == false)
            let again = try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token)
            #expect(again.code == 230_099)
        }
    }

    @Test("the same send under one uuid gives the message that already shows the entity")
    func repeatedSend() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let id = try await sandbox.createCard(token: token)
            let first = try await sandbox.sendCard(id, replyTo: spoken.messageID, uuid: "u", token: token)
            let second = try await sandbox.sendCard(id, replyTo: spoken.messageID, uuid: "u", token: token)
            #expect(second.code == 0)
            #expect(first.json["data"]?["message_id"] == second.json["data"]?["message_id"])
        }
    }

    @Test("sequences must rise within 1 to 2147483647, and a refused one is not used up")
    func sequences() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            #expect(try await sandbox.stream("a", into: id, 5, token: token).code == 0)
            #expect(try await sandbox.stream("b", into: id, 5, token: token).code == 300_317)
            #expect(try await sandbox.stream("b", into: id, 4, token: token).code == 300_317)
            #expect(try await sandbox.stream("b", into: id, 0, token: token).code == 10_002)
            #expect(try await sandbox.stream("b", into: id, 2_147_483_648, token: token).code == 10_002)
            #expect(try await sandbox.stream("b", into: id, 9, element: "other", token: token).code == 300_313)
            #expect(try await sandbox.stream("b", into: id, 9, token: token).code == 0)
            #expect(sandbox.cloud.card(id)?["sequence"] == 9)
        }
    }

    @Test("a uuid repeats its operation without doing it again, and refuses another one")
    func uuids() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            #expect(try await sandbox.stream("a", into: id, 1, uuid: "u", token: token).code == 0)
            #expect(try await sandbox.stream("ab", into: id, 2, token: token).code == 0)
            #expect(try await sandbox.stream("a", into: id, 1, uuid: "u", token: token).code == 0)
            #expect(try sandbox.text(of: id) == "ab")
            #expect(try await sandbox.stream("abc", into: id, 3, uuid: "u", token: token).code == 200_770)
            let long = String(repeating: "u", count: 65)
            #expect(try await sandbox.stream("abc", into: id, 3, uuid: long, token: token).code == 10_002)
        }
    }

    @Test("streaming mode closes itself after ten minutes, and settings open it again")
    func streamingLimit() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            time.advance(.seconds(599))
            #expect(try await sandbox.stream("a", into: id, 1, token: token).code == 0)
            time.advance(.seconds(1))
            #expect(try await sandbox.stream("ab", into: id, 2, token: token).code == 200_850)
            #expect(sandbox.cloud.card(id)?["card"]?["config"]?["streaming_mode"] == false)
            #expect(try await sandbox.settings(["streaming_mode": true], of: id, 2, token: token).code == 0)
            #expect(try await sandbox.stream("ab", into: id, 3, token: token).code == 0)
            #expect(try await sandbox.settings(["streaming_mode": false], of: id, 4, token: token).code == 0)
            #expect(try await sandbox.stream("abc", into: id, 5, token: token).code == 300_309)
        }
    }

    @Test("an entity lives fourteen days")
    func lifetime() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let id = try await sandbox.createCard(token: try await sandbox.token())
            time.advance(.seconds(14 * 24 * 3600))
            let token = try await sandbox.token()
            #expect(try await sandbox.stream("a", into: id, 1, token: token).code == 200_750)
            let spoken = try sandbox.say()
            #expect(try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token).code == 230_099)
        }
    }

    @Test("the eleventh operation on one card within a second is refused with 230020")
    func cardRate() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            var codes: [Int64?] = []
            for number in 1...11 {
                codes.append(try await sandbox.stream("a", into: id, Int64(number), token: token).code)
            }
            #expect(codes == Array(repeating: 0, count: 10) + [230_020])
            time.advance(.seconds(1))
            #expect(try await sandbox.stream("a", into: id, 11, token: token).code == 0)
        }
    }

    @Test("elements are added, replaced, changed and deleted, and a batch does all or nothing")
    func elements() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            let path = "/open-apis/cardkit/v1/cards/\(id)"
            func call(_ method: String, _ path: String, _ body: JSONValue) async throws -> Int64? {
                try await sandbox.call(method, path, body, token: token).code
            }
            func elements() -> [String?] {
                sandbox.cloud.card(id)?["card"]?["body"]?["elements"]?.array?.map { $0["element_id"]?.string } ?? []
            }
            let added = try await call(
                "POST",
                path + "/elements",
                [
                    "type": "insert_before", "target_element_id": "md", "sequence": 1,
                    "elements":
                        #"[{"tag":"hr","element_id":"line"},{"tag":"markdown","element_id":"top","content":"x"}]"#,
                ]
            )
            #expect(added == 0)
            #expect(elements() == ["line", "top", "md"])
            let twice: JSONValue = [
                "type": "append", "elements": #"[{"tag":"hr","element_id":"line"}]"#, "sequence": 2,
            ]
            #expect(try await call("POST", path + "/elements", twice) == 300_301)
            let patch: JSONValue = ["partial_element": #"{"content":"changed"}"#, "sequence": 2]
            #expect(try await call("PATCH", path + "/elements/top", patch) == 0)
            let replacement: JSONValue = ["element": #"{"tag":"markdown","content":"new"}"#, "sequence": 3]
            #expect(try await call("PUT", path + "/elements/md", replacement) == 0)
            #expect(elements() == ["line", "top", "md"])
            #expect(try await call("DELETE", path + "/elements/line", ["sequence": 4]) == 0)
            #expect(elements() == ["top", "md"])
            let failing =
                #"[{"action":"delete_elements","params":{"element_ids":["top"]}},{"action":"update_element","params":{"element_id":"none","element":{"tag":"hr"}}}]"#
            #expect(
                try await call("POST", path + "/batch_update", ["actions": .string(failing), "sequence": 5]) == 300_313
            )
            #expect(elements() == ["top", "md"])
            let batch =
                #"[{"action":"delete_elements","params":{"element_ids":["top"]}},{"action":"add_elements","params":{"type":"append","elements":[{"tag":"button","element_id":"stop","text":{"tag":"plain_text","content":"Stop"}}]}},{"action":"partial_update_setting","params":{"settings":{"config":{"streaming_mode":false}}}}]"#
            #expect(try await call("POST", path + "/batch_update", ["actions": .string(batch), "sequence": 5]) == 0)
            #expect(elements() == ["md", "stop"])
            #expect(sandbox.cloud.card(id)?["streaming"] == false)
            let whole: JSONValue = [
                "card": ["type": "card_json", "data": .string(RunningSandbox.card(text: "whole", streams: true).text)],
                "sequence": 6,
            ]
            #expect(try await call("PUT", path, whole) == 0)
            #expect(try await sandbox.stream("on again", into: id, 7, token: token).code == 0)
        }
    }

    @Test("text streams into markdown and plain_text alone, wherever they are")
    func targets() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let card = """
                {"schema":"2.0","config":{"streaming_mode":true},"body":{"elements":[
                {"tag":"column_set","columns":[{"tag":"column","elements":[{"tag":"markdown","element_id":"deep","content":""}]}]},
                {"tag":"div","text":{"tag":"plain_text","element_id":"plain","content":""}},
                {"tag":"hr","element_id":"line"}]}}
                """
            let id = try await sandbox.createCard(try JSONValue(parsing: card), token: token)
            #expect(try await sandbox.stream("a", into: id, 1, element: "deep", token: token).code == 0)
            #expect(try await sandbox.stream("a", into: id, 2, element: "plain", token: token).code == 0)
            #expect(try await sandbox.stream("a", into: id, 3, element: "line", token: token).code == 300_310)
        }
    }

    @Test("an entity belongs to its app")
    func owners() async throws {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.otherApps = [SandboxApp(id: "cli_00000000000000aa", name: "Other")]
        try await RunningSandbox.with(configuration) { sandbox in
            let id = try await sandbox.createCard(token: try await sandbox.token())
            let other = try await sandbox.token(of: sandbox.cloud.configuration.otherApps[0])
            #expect(try await sandbox.stream("a", into: id, 1, token: other).code == 300_311)
            let token = try await sandbox.token()
            #expect(try await sandbox.stream("a", into: "7000000000000000000", 1, token: token).code == 200_740)
        }
    }
}
