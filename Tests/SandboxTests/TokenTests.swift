import FeishuSandbox
import JSON
import Testing

@Suite("Tenant access tokens", .timeLimit(.minutes(1)))
struct TokenTests {
    private static let path = "/open-apis/auth/v3/tenant_access_token/internal"

    @Test("the same token comes back with its remaining life until half an hour is left, then a new one")
    func renewal() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let first = try await sandbox.token()
            time.advance(.seconds(5400))
            let again = try await sandbox.call(
                "POST",
                Self.path,
                ["app_id": "cli_5a4d0b0c8f2e1a37", "app_secret": "sandbox-app-secret"]
            )
            #expect(again.json["tenant_access_token"]?.string == first)
            #expect(again.json["expire"] == 1800)
            time.advance(.seconds(1))
            let second = try await sandbox.token()
            #expect(second != first)
            for token in [first, second] {
                #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).code == 0)
            }
            time.advance(.seconds(1800))
            #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: first).code == 99_991_663)
            #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: second).code == 0)
        }
    }

    @Test("revoked, missing, malformed and invented tokens are refused with their own codes")
    func refusals() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            sandbox.cloud.revokeTokens()
            let path = "/open-apis/bot/v3/info"
            #expect(try await sandbox.call("GET", path, token: token).code == 99_991_663)
            #expect(try await sandbox.call("GET", path, token: "t-invented").code == 99_991_663)
            #expect(try await sandbox.call("GET", path, token: "nonsense").code == 99_991_671)
            let missing = try await sandbox.call("GET", path)
            #expect(missing.status == 400)
            #expect(missing.code == 99_991_661)
            let logID = missing.json["error"]?["log_id"]?.string
            #expect(logID != nil)
            #expect(missing.header("x-tt-logid") == logID)
        }
    }

    @Test(
        "wrong credentials get no token",
        arguments: [
            (#"{"app_id": "cli_5a4d0b0c8f2e1a37", "app_secret": "wrong"}"#, Int64(10_014)),
            (#"{"app_id": "cli_0000000000000000", "app_secret": "sandbox-app-secret"}"#, Int64(10_012)),
            (#"{"app_id": "cli_5a4d0b0c8f2e1a37"}"#, Int64(10_003)),
        ]
    )
    func credentials(body: String, code: Int64) async throws {
        try await RunningSandbox.with { sandbox in
            let answer = try await sandbox.call("POST", Self.path, try JSONValue(parsing: body))
            #expect(answer.code == code)
            #expect(answer.json["tenant_access_token"] == nil)
        }
    }
}
