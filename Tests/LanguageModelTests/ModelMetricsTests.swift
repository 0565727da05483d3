import LanguageModel
import Platform
import TestSupport
import Testing

@Suite("What is counted of models")
struct ModelMetricsTests {
    @Test("requests by model and outcome, first words, open streams and tokens")
    func counts() async throws {
        let page = PrometheusRegistry()
        func lines() -> [String] {
            page.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix("model_") }
        }
        let request = ChatRequest(messages: [.user("hi")])
        let models = [
            ScriptedModel("a", .fails(.serverFailed), .says("half", thenFails: .truncated), .says("from a")),
            ScriptedModel("b", .says("from b")),
        ]
        let pool = ModelPool(
            models,
            metrics: ModelMetrics(models: models.map(\.name), factory: page),
            logger: silent,
            clock: ManualClock()
        )
        // One of b after a failed; one that breaks off; one that nobody reads to its end.
        _ = try await pool.complete(request)
        await #expect(throws: LanguageModelError.self) { _ = try await pool.complete(request) }
        do {
            var events = try await pool.stream(request).makeAsyncIterator()
            _ = try await events.next()
            #expect(lines().contains(#"model_open_streams{model="a"} 1"#))
        }
        #expect(
            lines().filter { $0.hasPrefix("model_requests_total{") }.sorted() == [
                #"model_requests_total{model="a",outcome="abandoned"} 1"#,
                #"model_requests_total{model="a",outcome="server_failed"} 1"#,
                #"model_requests_total{model="a",outcome="truncated"} 1"#,
                #"model_requests_total{model="b",outcome="answered"} 1"#,
            ]
        )
        #expect(lines().contains(#"model_open_streams{model="a"} 0"#))
        #expect(lines().contains(#"model_open_streams{model="b"} 0"#))
        #expect(lines().contains(#"model_first_token_seconds_count{model="a"} 2"#))
        #expect(lines().contains(#"model_tokens_total{kind="prompt",model="b"} 7"#))
        #expect(lines().contains(#"model_tokens_total{kind="completion",model="b"} 5"#))
    }
}
