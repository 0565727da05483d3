import Foundation
import HTTP
import HTTPClient
import JSON
import LanguageModel
import Resilience
import TestSupport
import Testing

@Suite("Fake model server, and the model against what goes wrong")
struct FakeModelServerTests {
    private let request = ChatRequest(messages: [.user("你好")])

    /// Runs a body with a model that speaks to a fake server.
    private func withModel(
        change: (inout OpenAIConfiguration) -> Void = { _ in },
        answering: @escaping FakeModelServer.Answering,
        _ body: (OpenAIModel, FakeModelServer) async throws -> Void
    ) async throws {
        let http = HTTPClient()
        try await FakeModelServer.with(answering: answering) { server in
            var configuration = OpenAIConfiguration(
                baseURL: server.url,
                apiKey: nil,
                model: "m",
                retries: .init(maximumTries: 1)
            )
            change(&configuration)
            try await body(OpenAIModel(configuration: configuration, http: http, logger: silent), server)
        }
        await http.shutdown()
    }

    @Test("streams a text with its usage")
    func text() async throws {
        try await withModel(answering: { .text("You asked: \($0.text)，好的。") }) { model, server in
            let completion = try await model.complete(request)
            #expect(completion.text == "You asked: 你好，好的。")
            #expect(completion.finish.reason == .stop)
            #expect(completion.finish.usage?.promptTokens == 10)
            // The model has the last word before the server knows that it was sent.
            try await eventually("the stream is counted as whole") {
                server.tally.completed == 1 && server.tally.openStreams == 0
            }
        }
    }

    @Test("keeps the pace that is set")
    func pace() async throws {
        let answer = FakeModelAnswer.lasting(.milliseconds(300), tokensPerSecond: 50)
        try await withModel(answering: { _ in answer }) { model, _ in
            let start = ContinuousClock.now
            let completion = try await model.complete(request)
            #expect(completion.text == answer.tokens.joined())
            #expect(ContinuousClock.now - start >= .milliseconds(250))
        }
    }

    @Test("calls tools in fragments")
    func calls() async throws {
        let answer = FakeModelAnswer.calling(
            .init(id: "a", name: "search", arguments: #"{"query":"年假规定"}"#),
            .init(id: "b", name: "now", arguments: "{}")
        )
        try await withModel(answering: { _ in answer }) { model, _ in
            let completion = try await model.complete(request)
            #expect(
                completion.toolCalls == [
                    ToolCall(id: "a", name: "search", arguments: ["query": "年假规定"]),
                    ToolCall(id: "b", name: "now", arguments: [:]),
                ]
            )
        }
    }

    @Test(
        "each fault is an error that says what it is",
        arguments: [
            (FakeModelAnswer.Fault.rateLimited(retryAfterSeconds: 9), LanguageModelError.Code.rateLimited),
            (.rateLimited(retryAfterSeconds: nil), .rateLimited), (.status(500, code: "server_error"), .serverFailed),
            (.status(503, code: "overloaded"), .serverFailed), (.cut(afterTokens: 0), .truncated),
            (.cut(afterTokens: 2), .truncated), (.silence(afterTokens: 0), .timedOut),
            (.silence(afterTokens: 2), .timedOut), (.garbage(afterTokens: 1), .badResponse), (.endless, .tooLarge),
            (.errorInStream(afterTokens: 1), .serverFailed),
        ]
    )
    func faults(fault: FakeModelAnswer.Fault, code: LanguageModelError.Code) async throws {
        try await withModel { configuration in
            if case .silence = fault {
                configuration.deadlines.firstToken = .milliseconds(400)
                configuration.deadlines.betweenTokens = .milliseconds(400)
            }
            configuration.maximumAnswerBytes = 50_000
        } answering: { _ in
            .failing(fault)
        } _: { model, server in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == code)
            if fault == .rateLimited(retryAfterSeconds: 9) { #expect(error?.retryAfter == .seconds(9)) }
            try await eventually("no stream is left open") { server.tally.openStreams == 0 }
        }
    }

    @Test("a refusal by the vendor's filter ends the answer and says so")
    func refusal() async throws {
        try await withModel(answering: { _ in .failing(.refusal(afterTokens: 2)) }) { model, _ in
            let completion = try await model.complete(request)
            #expect(completion.text == "This is ")
            #expect(completion.finish.reason == .contentFilter)
        }
    }

    @Test("a pool asks the next where the first fails before its first word, whatever it does")
    func pool() async throws {
        let faults: [FakeModelAnswer.Fault] = [
            .rateLimited(retryAfterSeconds: nil), .status(500, code: "x"), .cut(afterTokens: 0),
            .silence(afterTokens: 0),
            .garbage(afterTokens: 0), .errorInStream(afterTokens: 0),
        ]
        try await withModel(change: { $0.deadlines.firstToken = .milliseconds(300) }) { request in
            .failing(faults[request.number % faults.count])
        } _: { sick, server in
            try await withModel(change: { $0.name = "well" }, answering: { _ in .text("well") }) { well, _ in
                let breaker = CircuitBreaker.Policy(consecutiveFailures: 100, failureShare: 2)
                let pool = ModelPool([sick, well], configuration: .init(breaker: breaker), logger: silent)
                for _ in faults {
                    let text = try await pool.complete(request).text
                    #expect(text == "well")
                }
                #expect(server.tally.requestCount == faults.count)
            }
        }
    }

    @Test("letting go of an answer ends the server's stream")
    func cancelled() async throws {
        let answer = FakeModelAnswer.lasting(.seconds(60), tokensPerSecond: 20)
        try await withModel(answering: { _ in answer }) { model, server in
            do {
                var events = try await model.stream(request).makeAsyncIterator()
                _ = try await events.next()
            }
            try await eventually("the stream is broken") { server.tally.broken == 1 }
        }
    }

    @Test("a hundred slow streams at once all end whole")
    func many() async throws {
        let answer = FakeModelAnswer.lasting(.milliseconds(800), tokensPerSecond: 10)
        try await withModel(answering: { _ in answer }) { model, server in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 { group.addTask { try await model.complete(request).text } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(texts.count == 100 && Set(texts) == [answer.tokens.joined()])
            #expect(server.tally.mostOpenStreams > 50)
        }
    }
}
