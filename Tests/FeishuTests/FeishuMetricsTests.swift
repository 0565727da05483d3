import Feishu
import HTTPClient
import NIOConcurrencyHelpers
import Platform
import TestSupport
import Testing

@Suite("What is counted of the calls of Feishu's API")
struct FeishuMetricsTests {
    @Test("calls by API and outcome, waits for a turn, and what the month's calls have come to")
    func counts() async throws {
        try await APIServer.with { server, endpoint in
            let page = PrometheusRegistry()
            let governor = ScriptedGovernor(
                [
                    .granted(wait: .seconds(2)), .granted(wait: .zero), .granted(wait: .zero), .granted(wait: .zero),
                    .refused(retryAfter: .seconds(9)), .monthEnded,
                ],
                usage: MonthlyUsage(calls: 41, quota: 50, hasEnded: false)
            )
            let client = FeishuClient.scripted(endpoint, governor: governor, metrics: FeishuMetrics(factory: page))
            // The second is refused as one too many, and made again.
            server.lineUp(.message, .failure(230_020), .message, .failure(99_991_672))
            _ = try await client.reply(.text("x"), to: "om_1", chatID: "oc_1", uuid: nil)
            _ = try await client.reply(.text("x"), to: "om_1", chatID: "oc_1", uuid: nil)
            for _ in 0..<3 {
                await #expect(throws: FeishuError.self) { try await client.botInfo() }
            }
            let lines = page.render().split(separator: "\n").map(String.init)
            let calls = lines.filter { $0.hasPrefix("feishu_calls_total{") }.sorted()
            #expect(
                calls == [
                    #"feishu_calls_total{api="GET bot/v3/info",outcome="month_ended"} 1"#,
                    #"feishu_calls_total{api="GET bot/v3/info",outcome="not_made"} 1"#,
                    #"feishu_calls_total{api="GET bot/v3/info",outcome="permission"} 1"#,
                    #"feishu_calls_total{api="POST im/v1/messages/:id/reply",outcome="rate_limited"} 1"#,
                    #"feishu_calls_total{api="POST im/v1/messages/:id/reply",outcome="succeeded"} 2"#,
                ]
            )
            let reply = #"{api="POST im/v1/messages/:id/reply"}"#
            #expect(lines.contains("feishu_wait_seconds_sum\(reply) 2"))
            #expect(lines.contains("feishu_wait_seconds_count\(reply) 3"))
            #expect(lines.contains("feishu_call_seconds_count\(reply) 3"))
            #expect(lines.contains(#"feishu_month_calls{app="\#(client.app.appID)"} 41"#))
            #expect(lines.contains(#"feishu_month_quota{app="\#(client.app.appID)"} 50"#))
        }
    }
}
