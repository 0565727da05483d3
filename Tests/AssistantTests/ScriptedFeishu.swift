import Assistant
import Cryptography
import Feishu
import HTTPClient
import JSON
import JobQueue
import NIOConcurrencyHelpers
import Redis
import TestSupport

/// A Feishu that takes everything and remembers it, a real Redis, and a worker with the jobs of a test.
struct ScriptedFeishu: Sendable {
    /// One call, but for those about tokens.
    struct Call: Sendable {
        let method: String
        let path: String
        let body: JSONValue

        /// What a message says.
        var text: String? {
            guard let content = body["content"]?.string, let json = try? JSONValue(parsing: content) else { return nil }
            return json["text"]?.string ?? json["zh_cn"]?["content"]?.array?.first?.array?.first?["text"]?.string
        }
    }

    let redis: RedisClient
    let client: FeishuClient
    private let log: NIOLockedValueBox<[Call]>

    var calls: [Call] { log.withLockedValue { $0 } }
    /// What people read, in order: of messages with the same `uuid` Feishu sends one.
    var said: [String] {
        var seen: Set<String> = []
        return calls.filter { seen.insert($0.body["uuid"]?.string ?? "").inserted || $0.body["uuid"] == nil }
            .compactMap(\.text)
    }
    var producer: JobProducer { JobProducer(redis: redis) }

    func count(_ command: String, _ key: String) async throws -> Int64 {
        try await redis.send(RedisCommand(command, key)).integer ?? 0
    }

    /// - Parameters:
    ///   - answer: the answer to a call in place of success: status and body.
    ///   - register: registers the jobs of the worker.
    ///   - body: the test, while the worker runs.
    /// - Throws: what `body` throws.
    static func with(
        answer: @escaping @Sendable (Call) -> (Int, String)? = { _ in nil },
        register: @escaping (inout JobRegistry, ScriptedFeishu) -> Void,
        _ body: (ScriptedFeishu) async throws -> Void
    ) async throws {
        let log = NIOLockedValueBox<[Call]>([])
        let handler: ScriptedHTTPServer.Handler = { request, exchange in
            if request.path.hasSuffix("/internal") {
                try await exchange.respond(#"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#)
                return
            }
            let json = (try? JSONValue(parsing: request.body)) ?? .null
            let call = Call(method: request.method, path: request.target, body: json)
            let number = log.withLockedValue { log in
                log.append(call)
                return log.count
            }
            if let (status, text) = answer(call) {
                try await exchange.respond(status: status, text)
            } else {
                let task = #"{"guid":"g-\#(number)","url":"https://tasks.example/\#(number)"}"#
                try await exchange.respond(
                    #"{"code":0,"msg":"ok","data":{"message_id":"om_answer_\#(number)","task":\#(task)}}"#
                )
            }
        }
        try await RedisServer.with { redisServer in
            let redis = try RedisClient(configuration: RedisConfiguration(url: redisServer.url), logger: .silent)
            defer { redis.close() }
            try await ScriptedHTTPServer.with(handler: handler) { server in
                let http = HTTPClient()
                let endpoint = FeishuEndpoint(baseURL: server.url, http: http)
                let app = FeishuApp(appID: "cli_1", appSecret: Secret("s"))
                let store = RedisTokenStore(redis)
                let tokens = TenantAccessTokens(app: app, endpoint: endpoint, store: store, logger: .silent)
                let feishu = ScriptedFeishu(
                    redis: redis,
                    client: FeishuClient(app: app, endpoint: endpoint, tokens: tokens),
                    log: log
                )
                var registry = JobRegistry()
                register(&registry, feishu)
                let worker = JobWorker(
                    configuration: WorkerConfiguration(queues: ["interactive", "background"], concurrency: 20),
                    registry: registry,
                    redis: redis,
                    logger: .silent
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    try await body(feishu)
                    group.cancelAll()
                    try await group.waitForAll()
                }
                await http.shutdown()
            }
        }
    }
}
