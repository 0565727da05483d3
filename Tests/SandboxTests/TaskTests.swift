import FeishuSandbox
import JSON
import TestSupport
import Testing

@Suite("Tasks and approvals", .timeLimit(.minutes(1)))
struct TaskTests {
    private static let unlimited = SandboxConfiguration(verifiesEventURL: false, rates: .none)

    private static func create(_ sandbox: RunningSandbox, _ body: JSONValue, token: String) async throws -> Answer {
        try await sandbox.call("POST", "/open-apis/task/v2/tasks?user_id_type=open_id", body, token: token)
    }

    /// The open id of somebody who has spoken.
    private static func ann(_ sandbox: RunningSandbox) async throws -> JSONValue {
        _ = try sandbox.say()
        let people = try await sandbox.call("GET", "/sandbox/state").json["people"]?.array
        return try #require(people?.first { $0["name"] == "Ann" }?["open_id"])
    }

    @Test("a task is made with its members and time, seconds exact, and the page is told")
    func creation() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let ann = try await Self.ann(sandbox)
            let updates = try #require(sandbox.cloud.feed.listen())
            let member: JSONValue = ["id": ann, "type": "user", "role": "assignee"]
            let made = try await Self.create(
                sandbox,
                [
                    "summary": "Plan the kick-off", "description": "With slides", "client_token": "k1",
                    "due": ["timestamp": "1795402800123", "is_all_day": false], "members": [member, member],
                ],
                token: token
            )
            let task = try #require(made.json["data"]?["task"])
            #expect(task["due"] == ["timestamp": "1795402800000", "is_all_day": false])
            #expect(task["members"]?.array?.map { $0["name"] } == ["Ann"] && task["status"] == "todo")
            #expect(task["url"]?.string?.contains(task["guid"]?.string ?? "?") == true)
            for await update in updates where update["kind"] == "task" {
                #expect(update["value"]?["summary"] == "Plan the kick-off")
                break
            }
            let listed = try await sandbox.call("GET", "/sandbox/tasks").json["tasks"]?.array
            #expect(listed?.map { $0["guid"] } == [task["guid"]])
        }
    }

    @Test("the same client_token makes one task for five minutes, of each app its own, and none while it is in use")
    func tokens() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let body: JSONValue = ["summary": "One", "client_token": "same"]
            func guid() async throws -> String? {
                try await Self.create(sandbox, body, token: token).json["data"]?["task"]?["guid"]?.string
            }
            let first = try await guid()
            #expect(first != nil)
            #expect(try await guid() == first)
            time.advance(.seconds(299))
            #expect(try await guid() == first)
            time.advance(.seconds(2))
            #expect(try await guid() != first)
        }
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            sandbox.cloud.inject(Fault(kind: .latency, count: 1, path: "/task/", milliseconds: 400))
            async let slow = Self.create(sandbox, ["summary": "One", "client_token": "t"], token: token)
            try await eventually("the slow one is under way") {
                sandbox.cloud.calls()["interfaces"]?["POST /open-apis/task/v2/tasks"] != nil
            }
            try await eventually("the refusal of another one") {
                let answer = try await Self.create(sandbox, ["summary": "", "client_token": "t"], token: token)
                return answer.status == 500 && answer.code == 1_470_422
            }
            #expect(try await slow.code == 0)
        }
    }

    @Test("what Feishu refuses is refused in its words")
    func refusals() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let long = JSONValue.string(String(repeating: "长", count: 3_001))
            let stranger: JSONValue = [["id": "ou_nobody", "role": "assignee"]]
            let bad: [(JSONValue, Int64, String)] = [
                (["summary": ""], 1_470_400, "'summary', must not be empty."), ([:], 1_470_400, "'summary'"),
                (["summary": long], 1_470_400, "'summary'"),
                (["summary": "x", "description": long], 1_470_400, "'description'"),
                (["summary": "x", "due": [:]], 1_470_400, "'due.timestamp', param is required."),
                (["summary": "x", "members": [["id": "ou_1", "role": "boss"]]], 1_470_400, "role is invalid"),
                (["summary": "x", "members": stranger], 1_470_500, ""),
                (["summary": "x", "reminders": [["relative_fire_minute": 1]]], 1_470_400, "'reminders'"),
                (["summary": "x", "tasklists": [["tasklist_guid": "g"]]], 1_470_404, ""),
            ]
            for (body, code, words) in bad {
                let answer = try await Self.create(sandbox, body, token: token)
                #expect(answer.code == code && answer.json["msg"]?.string?.contains(words) == true, "\(answer)")
            }
            try sandbox.cloud.changeApp(nil, ["withdraw": ["task:task:writeonly"]])
            let lacking = try await Self.create(sandbox, ["summary": "x"], token: token)
            #expect(lacking.code == 99_991_672)
            #expect(lacking.json["error"]?["permission_violations"]?.array?.last?["subject"] == "task:task:writeonly")
            try sandbox.cloud.changeApp(nil, ["grant": ["task:task:write"]])
            #expect(try await Self.create(sandbox, ["summary": "x"], token: token).code == 0)
        }
    }

    @Test("more than ten tasks a second are too many, in proportion where limits are scaled", arguments: [1, 3])
    func limit(scale: Int) async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            try sandbox.cloud.changeRates(["scale": .integer(Int64(scale))])
            for _ in 0..<10 * scale {
                #expect(try await Self.create(sandbox, ["summary": "x"], token: token).code == 0)
            }
            let refused = try await Self.create(sandbox, ["summary": "x"], token: token)
            #expect(refused.status == 429 && refused.code == 99_991_400)
            time.advance(.seconds(1))
            #expect(try await Self.create(sandbox, ["summary": "x"], token: token).code == 0)
        }
    }

    @Test("an app hears of an approval only once it has subscribed to its code, with schema 1.0")
    func approvals() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let change: JSONValue = ["approval_code": "LEAVE", "instance_code": "I-1", "status": "APPROVED"]
            func events() async throws -> JSONValue? {
                try await sandbox.call("POST", "/sandbox/approvals", change).json["event_ids"]
            }
            #expect(try await events() == [])
            let path = "/open-apis/approval/v4/approvals/LEAVE/subscribe"
            #expect(try await sandbox.call("POST", path, [:], token: token).code == 0)
            #expect(try await sandbox.call("POST", path, [:], token: token).code == 1_390_007)
            let ids = try #require(try await events()?.array)
            #expect(ids.count == 1)
            let record = try await sandbox.call("GET", "/sandbox/deliveries/\(ids[0].string ?? "")")
            #expect(record.json["event_type"] == "approval_instance")
            try sandbox.cloud.changeApp(nil, ["events": []])
            #expect(try await events() == [])
            #expect(
                try await sandbox.call("POST", "/sandbox/approvals", ["approval_code": "X", "status": "?"]).status
                    == 400
            )
        }
    }

    @Test("an app reads its scopes, granted and not, and what it subscribed to")
    func application() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = sandbox.cloud.configuration.app.id
            try sandbox.cloud.changeApp(
                nil,
                ["withdraw": ["cardkit:card:write"], "events": ["im.message.receive_v1"], "callbacks": []]
            )
            let scopes = try await sandbox.call("GET", "/open-apis/application/v6/scopes", token: token)
            let all = try #require(scopes.json["data"]?["scopes"]?.array)
            #expect(all.contains(["scope_name": "cardkit:card:write", "grant_status": 2]))
            #expect(all.contains(["scope_name": "im:message", "grant_status": 1]))

            let path = "/open-apis/application/v6/applications/\(id)"
            let app = try await sandbox.call("GET", path + "?lang=zh_cn", token: token).json["data"]?["app"]
            #expect(app?["callback_info"]?["subscribed_callbacks"] == [])
            let version = try #require(app?["online_version_id"]?.string)
            let shown = try await sandbox.call("GET", "\(path)/app_versions/\(version)?lang=zh_cn", token: token)
            #expect(
                shown.json["data"]?["app_version"]?["event_infos"]?.array?.first?["event_type"]
                    == "im.message.receive_v1"
            )
            try sandbox.cloud.changeApp(nil, ["withdraw": ["application:application:self_manage"]])
            #expect(try await sandbox.call("GET", path, token: token).code == 99_991_672)
        }
    }
}
