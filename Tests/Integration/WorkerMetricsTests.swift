import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("A worker's metrics", .timeLimit(.minutes(1)))
struct WorkerMetricsTests {
    @Test("an answer counts among the calls of Feishu's API, the month's calls and the requests to the model")
    func answer() async throws {
        let port = try FreePort.next()
        let options = AssistantSystem.Options(
            settings: ["WORKER_PORT": "\(port)", "WORKER_HOST": "127.0.0.1", "FEISHU_MONTHLY_QUOTA": "10000"]
        )
        try await AssistantSystem.with(options) { system in
            func metrics() async throws -> [String: Double] {
                let page = try await system.http.execute(HTTPClientRequest(url: "http://127.0.0.1:\(port)/metrics"))
                var values: [String: Double] = [:]
                for line in String(decoding: page.body, as: UTF8.self).split(separator: "\n") where line.first != "#" {
                    guard let space = line.lastIndex(of: " ") else { continue }
                    values[String(line[..<space])] = Double(line[line.index(after: space)...])
                }
                return values
            }
            let message = try await system.sandbox.say("What is a lease?")
            try await eventually("an answer") { try await system.sandbox.replies(to: message.messageID).count == 1 }
            try await system.settled()
            let values = try await metrics()
            let reply = #"api="POST im/v1/messages/:id/reply""#
            #expect(values[#"feishu_calls_total{\#(reply),outcome="succeeded"}"#] == 1)
            #expect(values["feishu_wait_seconds_count{\(reply)}"] == 1)
            let app = #"app="\#(AssistantSystem.App.id)""#
            #expect(try #require(values["feishu_month_calls{\(app)}"]) >= 3)
            #expect(values["feishu_month_quota{\(app)}"] == 10_000)
            #expect(values.contains { $0.key.hasPrefix("model_requests_total{") && $0.value == 1 })
            #expect(try #require(values["process_max_fds"]) > 1_024)
        }
    }
}
