import Cryptography
import Feishu
import HTTPClient
import JSON
import Logging
import NIOConcurrencyHelpers
import TestSupport

/// A scripted Feishu: issues tokens, and answers API calls with what the test lined up, in order.
final class APIServer: Sendable {
    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: String

        static func success(_ data: String = "{}") -> Answer {
            Answer(body: #"{"code":0,"msg":"success","data":\#(data)}"#)
        }
        static func failure(_ code: Int, status: Int = 400) -> Answer {
            Answer(status: status, body: #"{"code":\#(code),"msg":"m"}"#)
        }
        static let message = success(
            #"{"message_id":"om_sent","msg_type":"text","body":{"content":"{\"text\":\"x\"}"}}"#
        )

        /// The response of a recorded sample.
        static func recorded(_ file: String, _ name: String) throws -> Answer {
            let sample = try Fixture.json(file).array?.first { $0["name"]?.string == name }
            let response = sample?["response"]
            let headers = response?["headers"]?.object?.members.map { ($0.key, $0.value.string ?? "") } ?? []
            return Answer(
                status: Int(response?["status"]?.integer ?? 0),
                headers: headers,
                body: response?["body"]?.text ?? response?["body_text"]?.string ?? ""
            )
        }
    }

    private struct State {
        var answers: [Answer] = []
        var tokenAnswers: [Answer] = []
        var issued = 0
        var calls: [ScriptedHTTPServer.Request] = []
        var tokenCalls: [ScriptedHTTPServer.Request] = []
    }

    private let state = NIOLockedValueBox(State())

    /// API calls so far, without those for tokens.
    var calls: [ScriptedHTTPServer.Request] { state.withLockedValue { $0.calls } }
    var tokenCalls: [ScriptedHTTPServer.Request] { state.withLockedValue { $0.tokenCalls } }
    var bodies: [JSONValue] { calls.compactMap { try? JSONValue(parsing: $0.body) } }

    func lineUp(_ answers: Answer...) { state.withLockedValue { $0.answers += answers } }
    func lineUpTokens(_ answers: Answer...) { state.withLockedValue { $0.tokenAnswers += answers } }

    private func answer(_ request: ScriptedHTTPServer.Request) -> Answer {
        state.withLockedValue { state in
            if request.path == "/open-apis/auth/v3/tenant_access_token/internal" {
                state.tokenCalls.append(request)
                if !state.tokenAnswers.isEmpty { return state.tokenAnswers.removeFirst() }
                state.issued += 1
                return Answer(body: #"{"code":0,"msg":"ok","tenant_access_token":"t-\#(state.issued)","expire":7200}"#)
            }
            state.calls.append(request)
            return state.answers.isEmpty ? Answer(status: 500, body: "nothing lined up") : state.answers.removeFirst()
        }
    }

    /// Runs `body` against a fresh server, and stops both ends.
    static func with(_ body: (APIServer, FeishuEndpoint) async throws -> Void) async throws {
        let script = APIServer()
        try await ScriptedHTTPServer.with { request, exchange in
            let answer = script.answer(request)
            try await exchange.respond(status: answer.status, headers: answer.headers, answer.body)
        } _: { server in
            let http = HTTPClient()
            let endpoint = FeishuEndpoint(baseURL: server.url + "/", http: http)
            do {
                try await body(script, endpoint)
                await http.shutdown()
            } catch {
                await http.shutdown()
                throw error
            }
        }
    }
}

extension FeishuClient {
    /// A client of the scripted server; its waits are noted, told to `onWait`, and take no time.
    static func scripted(
        _ endpoint: FeishuEndpoint,
        waits: NIOLockedValueBox<[Duration]> = NIOLockedValueBox([]),
        governor: any CallGovernor = UngovernedCalls(),
        metrics: FeishuMetrics = FeishuMetrics(),
        onWait: @escaping @Sendable () -> Void = {},
        now: (@Sendable () -> ContinuousClock.Instant)? = nil
    ) -> FeishuClient {
        let start = ContinuousClock.now
        let tokens = TenantAccessTokens(
            app: Delivery.app,
            endpoint: endpoint,
            store: MemoryTokenStore(),
            logger: Logger(label: "test")
        )
        return FeishuClient(
            app: Delivery.app,
            endpoint: endpoint,
            tokens: tokens,
            governor: governor,
            metrics: metrics,
            wait: { duration in
                waits.withLockedValue { $0.append(duration) }
                onWait()
            },
            now: now ?? { start }
        )
    }
}
