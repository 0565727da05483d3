import Foundation
import JSON
import Platform
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Doctor")
struct DoctorTests {
    private static let healthy = """
        # Server\r
        redis_version:7.2.4\r
        role:master\r
        connected_slaves:1\r
        aof_enabled:1\r
        aof_last_write_status:ok\r
        maxmemory_policy:noeviction\r
        """

    private func verdicts(
        _ changes: [String: String],
        appendFsync: String? = "everysec",
        _ durability: Configuration.Durability = .async
    ) -> [String: Finding.Verdict] {
        var info = Self.healthy
        for (field, value) in changes { info = Self.replacing(field, with: value, in: info) }
        let findings = RedisFacts(info: info, appendFsync: appendFsync).findings(for: durability)
        return Dictionary(uniqueKeysWithValues: findings.map { ($0.subject, $0.verdict) })
    }

    private static func replacing(_ field: String, with value: String, in info: String) -> String {
        info.split(separator: "\r\n").map { $0.hasPrefix("\(field):") ? "\(field):\(value)" : String($0) }
            .joined(separator: "\r\n")
    }

    @Test("finds nothing wrong with a good Redis")
    func good() {
        #expect(Set(verdicts([:]).values) == [.ok])
        #expect(verdicts([:], .replicated)["redis durability"] == .ok)
        #expect(verdicts([:], .fsync)["redis durability"] == .ok)
    }

    @Test(
        "judges what Redis says about itself",
        arguments: [
            ("redis_version", "6.0.1", "redis version", .failure),
            ("redis_version", "6.2.0", "redis version", .warning),
            ("role", "slave", "redis role", .failure), ("aof_enabled", "0", "redis persistence", .warning),
            ("aof_last_write_status", "err", "redis persistence", .failure),
            ("maxmemory_policy", "allkeys-lru", "redis eviction", .failure),
        ] as [(String, String, String, Finding.Verdict)]
    )
    func judgement(field: String, value: String, subject: String, verdict: Finding.Verdict) {
        #expect(verdicts([field: value])[subject] == verdict)
    }

    @Test("refuses a durability that this Redis cannot give")
    func durability() {
        #expect(verdicts(["connected_slaves": "0"], .replicated)["redis durability"] == .failure)
        #expect(verdicts(["aof_enabled": "0"], .fsync)["redis durability"] == .failure)
        #expect(verdicts(["redis_version": "7.0.15"], .fsync)["redis durability"] == .failure)
        #expect(verdicts(["redis_version": "7.0.15"], appendFsync: "always", .fsync)["redis durability"] == .ok)
    }

    @Test("complains about clocks only beyond what the round trip leaves open")
    func clock() {
        #expect(RedisFacts.clock(skew: .seconds(2), uncertainty: .seconds(1.5)).verdict == .ok)
        #expect(RedisFacts.clock(skew: .seconds(-2), uncertainty: .milliseconds(1)).verdict == .warning)
        #expect(RedisFacts.clock(skew: .seconds(100), uncertainty: .milliseconds(1)).verdict == .failure)
    }

    @Test("judges a model's endpoint by its answer")
    func model() {
        func verdict(_ status: Int, _ body: String = "") -> Finding.Verdict {
            ModelExamination.finding("model", model: "m1", status: status, body: Array(body.utf8)).verdict
        }
        #expect(verdict(200, #"{"data":[{"id":"m1"}]}"#) == .ok)
        #expect(verdict(200, "{}") == .ok)
        #expect(verdict(200, #"{"data":[{"id":"m2"}]}"#) == .warning)
        #expect(verdict(401) == .failure)
        #expect(verdict(404) == .warning)
        #expect(verdict(500) == .failure)
    }

    @Test("is content with a good installation, and asks Feishu and the model for real")
    func everythingGood() async throws {
        let cloud = try await ScriptedHTTPServer.start { request, exchange in
            switch request.path {
            case "/open-apis/auth/v3/tenant_access_token/internal":
                let body = try JSONValue(parsing: request.body)
                let isRight = body["app_id"] == "cli_a" && body["app_secret"] == "right"
                try await exchange.respond(
                    isRight
                        ? #"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#
                        : #"{"code":10014,"msg":"app secret invalid"}"#
                )
            case "/v1/models":
                let isRight = request.values(of: "Authorization") == ["Bearer key"]
                try await exchange.respond(status: isRight ? 200 : 401, #"{"data":[{"id":"m1"}]}"#)
            case "/open-apis/bot/v3/info":
                try await exchange.respond(#"{"code":0,"bot":{"open_id":"ou_bot","activate_status":2}}"#)
            case "/open-apis/application/v6/applications/cli_a":
                try await exchange.respond(
                    #"{"code":0,"data":{"app":{"online_version_id":"oav_1","callback_info":{"subscribed_callbacks":["card.action.trigger"]}}}}"#
                )
            case "/open-apis/application/v6/applications/cli_a/app_versions/oav_1":
                let events = Subscription.all.filter { !$0.isCallback }.flatMap(\.types)
                    .map { #"{"event_type":"\#($0)"}"# }.joined(separator: ",")
                try await exchange.respond(#"{"code":0,"data":{"app_version":{"event_infos":[\#(events)]}}}"#)
            default:
                // What the doctor asks for is not there, but it may ask.
                try await exchange.respond(status: 400, #"{"code":230001,"msg":"invalid"}"#)
            }
        }
        try await RedisServer.with(arguments: ["--appendonly", "yes"]) { server in
            var environment = [
                "REDIS_URL": server.url, "FEISHU_BASE_URL": cloud.url, "FEISHU_APP_ID": "cli_a",
                "FEISHU_APP_SECRET": "right", "FEISHU_ENCRYPT_KEY": "k", "LLM_PROVIDER": "openai",
                "LLM_BASE_URL": "\(cloud.url)/v1", "LLM_API_KEY": "key", "LLM_MODEL": "m1",
            ]
            let good = try await ToolRun.run("doctor", environment: environment)
            #expect(good.status == 0)
            #expect(!good.output.contains("FAIL") && !good.output.contains("WARN"), "\(good.output)")

            environment["FEISHU_APP_SECRET"] = "wr0ng"
            environment["LLM_API_KEY"] = "wr0ng"
            let bad = try await ToolRun.run("doctor", "-o", "json", environment: environment)
            #expect(bad.status == 1)
            #expect(!bad.output.contains("wr0ng"))
            let failed = try bad.json().array?.filter { $0["verdict"] == "FAIL" }.compactMap { $0["subject"]?.string }
            #expect(failed == ["feishu cli_a", "model"])
        }
        try await cloud.stop()
    }

    @Test("names each missing permission by its scope, and fails over those that nothing works without")
    func permissions() async throws {
        let cloud = try await ScriptedHTTPServer.start { request, exchange in
            func refuse(_ scopes: String...) async throws {
                let violations = scopes.map { #"{"type":"action_scope_required","subject":"\#($0)"}"# }
                try await exchange.respond(
                    status: 400,
                    #"{"code":99991672,"msg":"m","error":{"permission_violations":[\#(violations.joined(separator: ","))]}}"#
                )
            }
            switch (request.method, request.path) {
            case (_, "/open-apis/auth/v3/tenant_access_token/internal"):
                try await exchange.respond(#"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#)
            case (_, "/open-apis/bot/v3/info"):
                try await exchange.respond(#"{"code":0,"bot":{"open_id":"ou_bot","activate_status":2}}"#)
            case ("POST", "/open-apis/im/v1/messages"): try await refuse("im:message", "im:message:send_as_bot")
            case (_, "/open-apis/cardkit/v1/cards/0/settings"): try await refuse("cardkit:card:write")
            default: try await exchange.respond(status: 400, #"{"code":230001,"msg":"invalid"}"#)
            }
        }
        try await RedisServer.with { server in
            let environment = [
                "REDIS_URL": server.url, "FEISHU_BASE_URL": cloud.url, "FEISHU_APP_ID": "cli_a",
                "FEISHU_APP_SECRET": "s3cret", "FEISHU_ENCRYPT_KEY": "k",
            ]
            let run = try await ToolRun.run("doctor", "-o", "json", environment: environment)
            #expect(run.status == 1)
            let found = try run.json().array?.filter { $0["subject"] == "feishu cli_a permission" } ?? []
            #expect(found.map { $0["verdict"]?.string } == ["FAIL", "WARN"])
            #expect(found.first?["detail"] == "sending messages: missing im:message or im:message:send_as_bot")
            #expect(found.last?["detail"] == "streaming answers: missing cardkit:card:write")
            #expect(!run.output.contains("s3cret"))
        }
        try await cloud.stop()
    }

    @Test(
        "says what to do where Feishu takes no calls at all",
        arguments: [(99_991_401, "IP allow list"), (99_991_403, "plan")]
    )
    func denied(code: Int, words: String) async throws {
        let cloud = try await ScriptedHTTPServer.start { request, exchange in
            if request.path == "/open-apis/auth/v3/tenant_access_token/internal" {
                try await exchange.respond(#"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#)
            } else {
                try await exchange.respond(status: 400, #"{"code":\#(code),"msg":"m"}"#)
            }
        }
        let environment = [
            "REDIS_URL": "redis://127.0.0.1:1/0", "FEISHU_BASE_URL": cloud.url, "FEISHU_APP_ID": "cli_a",
            "FEISHU_APP_SECRET": "s",
        ]
        let run = try await ToolRun.run("doctor", "-o", "json", environment: environment)
        let bot = try run.json().array?.first { $0["subject"] == "feishu cli_a bot" }
        #expect(bot?["verdict"] == "FAIL")
        #expect(bot?["fix"]?.string?.contains(words) == true)
        #expect(!run.output.contains("permission"))
        try await cloud.stop()
    }

    @Test(
        "reads the time of a response",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 26 Nov 2026 04:00:00 GMT", 1_795_665_600),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 CST", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)]
    )
    func httpDate(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(text) == seconds) }

    @Test("ends with status 3 when Redis is away, and still looks at the rest")
    func away() async throws {
        let run = try await ToolRun.run("doctor", environment: ["REDIS_URL": "redis://127.0.0.1:1/0"])
        #expect(run.status == 3)
        #expect(run.output.contains("FAIL   redis"))
        #expect(run.output.contains("OK     model"))
    }

    @Test("ends with status 1 and every problem when the configuration is wrong")
    func wrongConfiguration() async throws {
        let run = try await ToolRun.run("doctor", environment: ["LISTEN_PORT": "x", "LOG_LEVEL": "y"])
        #expect(run.status == 1)
        #expect(run.output.split(separator: "\n").filter { $0.hasPrefix("FAIL") }.count == 2)
    }
}
