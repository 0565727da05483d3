import Cryptography
import Foundation
import HTTPClient
import LanguageModel
import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("OpenAI-compatible model")
struct OpenAIModelTests {
    private let request = ChatRequest(
        messages: [.system("be brief"), .user("classified prompt")],
        maximumTokens: 50,
        temperature: 0.5
    )

    @Test("reads a stream cut into pieces anywhere, inside characters too", arguments: [1, 2, 3, 7, 64])
    func splits(size: Int) async throws {
        let body = Array((": ping\n\n" + chunk("你好，") + chunk("wörld 🎉") + ending).utf8)
        try await withModel { _, exchange in
            try await exchange.begin(headers: eventStream)
            for start in stride(from: 0, to: body.count, by: size) {
                try await exchange.write(body[start..<min(start + size, body.count)])
            }
            try await exchange.end()
        } _: { model, _ in
            let completion = try await model.complete(request)
            #expect(completion.text == "你好，wörld 🎉")
            #expect(completion.finish.reason == .stop)
            #expect(completion.finish.usage == ChatUsage(promptTokens: 12, completionTokens: 3))
            #expect(completion.finish.model == "m-1")
        }
    }

    @Test("asks the endpoint for a stream with the key, the messages and the bounds")
    func asks() async throws {
        try await withModel { _, exchange in
            try await exchange.respond(headers: eventStream, chunk("ok") + ending)
        } _: { model, server in
            _ = try await model.complete(request)
            let seen = try #require(server.tally.requests.first)
            #expect(seen.method == "POST" && seen.path == "/v1/chat/completions")
            #expect(seen.values(of: "authorization") == ["Bearer \(key)"])
            let expected = #"""
                {"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"classified prompt"}],\#
                "stream":true,"stream_options":{"include_usage":true},"max_tokens":50,"temperature":0.5}
                """#
            #expect(seen.text == expected)
        }
    }

    @Test("hands each word over as it comes")
    func incremental() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        try await withModel { _, exchange in
            try await exchange.begin(headers: eventStream)
            try await exchange.write(chunk("first"))
            for await _ in gate { break }
            try await exchange.write(chunk("second") + ending)
            try await exchange.end()
        } _: { model, _ in
            var events = try await model.stream(request).makeAsyncIterator()
            #expect(try await events.next() == .text("first"))
            open.yield()
            #expect(try await events.next() == .text("second"))
            guard case .finished = try await events.next() else { throw CancellationError() }
            #expect(try await events.next() == nil)
        }
    }

    @Test(
        "takes vendors as they are",
        arguments: [
            // Usage beside the reason, no [DONE]; a role without content; null fields; a blank before [DONE].
            (
                #"data: {"choices":[{"delta":{"role":"assistant","content":null}}]}"# + "\n\n" + chunk("ok")
                    + #"data: {"choices":[{"delta":null,"finish_reason":"length"}],"usage":null,"error":null}"#
                    + "\n\n",
                ChatFinish.Reason.length
            ),
            (
                #"data:{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}"#
                    + "\r\n\r\ndata:  [DONE]\r\n\r\n", .stop
            ),
            (#"data: {"choices":[{"text":"ok","finish_reason":"eos_token"}]}"# + "\n\ndata: [DONE]", .other),
        ]
    )
    func tolerance(body: String, reason: ChatFinish.Reason) async throws {
        try await withModel { _, exchange in
            try await exchange.respond(headers: eventStream, body)
        } _: { model, _ in
            let completion = try await model.complete(request)
            #expect(completion.text == "ok")
            #expect(completion.finish.reason == reason)
        }
    }

    @Test("reads an answer that comes whole")
    func whole() async throws {
        try await withModel { _, exchange in
            try await exchange.respond(
                headers: [("Content-Type", "application/json; charset=utf-8")],
                #"{"choices":[{"message":{"role":"assistant","content":"整段"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
            )
        } _: { model, _ in
            let text = try await model.complete(request).text
            #expect(text == "整段")
        }
    }

    @Test(
        "waits as long as a 429 asks before it tries again",
        arguments: [("Retry-After", "7"), ("Retry-After", "Sun, 06 Nov 1994 08:49:44 GMT"), ("retry-after-ms", "7000")]
    )
    func retryAfter(header: String, value: String) async throws {
        let clock = ManualClock()
        let asked = NIOLockedValueBox(0)
        try await withModel(clock: clock, tries: 2) { _, exchange in
            let first = asked.withLockedValue { count in
                count += 1
                return count == 1
            }
            if first {
                try await exchange.respond(
                    status: 429,
                    headers: [(header, value)],
                    #"{"error":{"code":"rate_limit_exceeded"}}"#
                )
            } else {
                try await exchange.respond(headers: eventStream, chunk("ok") + ending)
            }
        } _: { model, _ in
            async let completion = model.complete(request)
            await clock.finishSleep(of: .seconds(7))
            let text = try await completion.text
            #expect(text == "ok")
        }
    }

    @Test("gives up on server errors after its tries, with pauses that grow")
    func serverErrors() async throws {
        let clock = ManualClock()
        try await withModel(clock: clock, tries: 3) { _, exchange in
            try await exchange.respond(status: 503, "overloaded")
        } _: { model, server in
            let asking = Task { try await model.complete(request) }
            await clock.finishSleep(of: .milliseconds(500))
            await clock.finishSleep(of: .seconds(1))
            let error = await failure { _ = try await asking.value }
            #expect(error?.code == .serverFailed && error?.status == 503)
            #expect(server.tally.requests.count == 3)
        }
    }

    @Test("leaves a long wait to the caller")
    func longWait() async throws {
        try await withModel(tries: 3) { _, exchange in
            try await exchange.respond(status: 429, headers: [("Retry-After", "120")])
        } _: { model, server in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == .rateLimited && error?.retryAfter == .seconds(120))
            #expect(error?.isRetryable == true)
            #expect(server.tally.requests.count == 1)
        }
    }

    @Test(
        "names what failed, without the key or the prompt",
        arguments: [
            (
                400, #"{"error":{"message":"bad classified prompt","type":"invalid_request_error"}}"#,
                LanguageModelError.Code.invalidRequest
            ),
            (400, #"{"error":{"message":"m","code":"context_length_exceeded"}}"#, .contextTooLong),
            (400, #"{"message":"This model's maximum context length is 8192 tokens"}"#, .contextTooLong),
            (400, #"{"error":{"code":"data_inspection_failed"}}"#, .refused),
            (
                401, #"{"error":{"message":"Incorrect API key: sk-very-secret","code":"invalid_api_key"}}"#,
                .unauthorised
            ),
            (402, "", .quotaExhausted), (403, "<html>", .unauthorised), (404, "{}", .notFound),
            (413, "[1]", .contextTooLong),
            (429, #"{"error":{"type":"insufficient_quota","code":null}}"#, .quotaExhausted),
            (429, "nonsense", .rateLimited),
            (500, #"{"error":"boom sk-very-secret"}"#, .serverFailed), (529, "{", .serverFailed),
            (302, "", .invalidRequest),
        ]
    )
    func errors(status: Int, body: String, code: LanguageModelError.Code) async throws {
        try await withModel { _, exchange in
            try await exchange.respond(status: status, headers: [("Content-Type", "application/json")], body)
        } _: { model, _ in
            let error = try #require(await failure { _ = try await model.complete(request) })
            #expect(error.code == code)
            #expect(error.status == status)
            let shown = "\(error) \(String(reflecting: error))"
            #expect(!shown.contains("secret") && !shown.contains("classified"))
        }
    }

    @Test("delivers what came before an error in the stream, then the error")
    func errorInStream() async throws {
        try await withModel { _, exchange in
            try await exchange.respond(
                headers: eventStream,
                chunk("half") + "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"rate_limit_error\"}}\n\n"
                    + ending
            )
        } _: { model, _ in
            var events = try await model.stream(request).makeAsyncIterator()
            #expect(try await events.next() == .text("half"))
            let error = await failure { _ = try await events.next() }
            #expect(error?.code == .rateLimited)
            #expect(try await events.next() == nil)
        }
    }

    @Test("an answer that breaks off is no answer", arguments: [true, false])
    func truncated(aborted: Bool) async throws {
        try await withModel { _, exchange in
            try await exchange.begin(headers: eventStream)
            try await exchange.write(chunk("half"))
            if aborted { try await exchange.abort() } else { try await exchange.end() }
        } _: { model, _ in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == .truncated && error?.isRetryable == true)
        }
    }

    @Test(
        "what is no chat completion is a bad answer",
        arguments: [
            ("text/event-stream", "data: {nonsense}\n\n"), ("text/event-stream", "data: 42\n\n"),
            ("application/json", "{}"),
            ("text/html", "<p>log in</p>"), ("application/json", ""),
        ]
    )
    func garbage(type: String, body: String) async throws {
        try await withModel { _, exchange in
            try await exchange.respond(headers: [("Content-Type", type)], body)
        } _: { model, _ in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == .badResponse)
        }
    }

    @Test("an endless answer ends at the bound")
    func endless() async throws {
        try await withModel(change: { $0.maximumAnswerBytes = 10_000 }) { _, exchange in
            try await exchange.begin(headers: eventStream)
            while true { try await exchange.write(chunk(String(repeating: "a", count: 500))) }
        } _: { model, _ in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == .tooLarge && error?.isRetryable == false)
        }
    }

    @Test("the first word has a deadline that comments do not extend")
    func firstWord() async throws {
        try await withModel(change: { $0.deadlines.firstToken = .milliseconds(300) }) { _, exchange in
            try await exchange.begin(headers: eventStream)
            while true {
                try await exchange.write(": still thinking\n\n")
                try await Task.sleep(for: .milliseconds(20))
            }
        } _: { model, _ in
            let error = await failure { _ = try await model.complete(request) }
            #expect(error?.code == .timedOut && error?.isRetryable == true)
        }
    }

    @Test("the next word has a deadline, and the whole answer has one", arguments: [true, false])
    func nextWord(isTotal: Bool) async throws {
        try await withModel { configuration in
            if isTotal {
                configuration.deadlines.total = .seconds(2)
            } else {
                configuration.deadlines.betweenTokens = .milliseconds(300)
            }
        } handler: { _, exchange in
            try await exchange.begin(headers: eventStream)
            try await exchange.write(chunk("half"))
        } _: { model, _ in
            var events = try await model.stream(request).makeAsyncIterator()
            #expect(try await events.next() == .text("half"))
            let error = await failure { _ = try await events.next() }
            #expect(error?.code == .timedOut)
        }
    }

    @Test("cancelling the reader closes the connection at once")
    func cancellation() async throws {
        let (closed, close) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        try await withModel { _, exchange in
            try await exchange.begin(headers: eventStream)
            try await exchange.write(chunk("half"))
            try await exchange.untilClosed()
            close.yield()
        } _: { model, _ in
            let reading = Task {
                for try await _ in try await model.stream(request) { begin.yield() }
            }
            for await _ in begun { break }
            reading.cancel()
            let error = await failure { try await reading.value }
            #expect(error?.code == .cancelled)
            for await _ in closed { break }
        }
    }

    @Test("nobody listening is worth another try")
    func refused() async throws {
        let server = try await ScriptedHTTPServer.start { _, _ in }
        try await server.stop()
        let http = HTTPClient()
        let configuration = OpenAIConfiguration(
            baseURL: server.url,
            apiKey: nil,
            model: "m",
            retries: .init(maximumTries: 2, base: .zero)
        )
        let model = OpenAIModel(configuration: configuration, http: http, logger: silent)
        let error = await failure { _ = try await model.complete(request) }
        #expect(error?.code == .connectFailed && error?.isRetryable == true)
        await http.shutdown()
    }
}
