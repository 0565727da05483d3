import ArgumentParser
import FakeMinutesModel
import JSON
import TestSupport

/// An OpenAI-compatible server whose answers are always the same, for benches and for trying things by hand.
@main
struct FakeModel: AsyncParsableCommand {
    /// What it does with every request.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case answer, call, rateLimited = "rate-limited", failing, cut, silent, stalling, garbage, endless, error,
            refusal
    }

    static let configuration = CommandConfiguration(
        commandName: "fake-model",
        abstract: "An OpenAI-compatible model server that says the same to everybody."
    )

    @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
    var port = 0

    @Option(help: "Seconds that a streamed answer takes.")
    var seconds = 10.0

    @Option(help: "Tokens a second of one stream.")
    var tokensPerSecond = 5.0

    @Option(help: "What it does: \(Mode.allCases.map(\.rawValue).joined(separator: ", ")).")
    var mode = Mode.answer

    @Option(help: "Makes minutes: \(FakeMinutesModel.Mode.allCases.map(\.rawValue).joined(separator: ", ")).")
    var minutes: FakeMinutesModel.Mode?

    func validate() throws {
        guard seconds > 0, seconds <= 86_400, tokensPerSecond > 0, tokensPerSecond <= 10_000 else {
            throw ValidationError("seconds and tokens a second are greater than 0, and within reason")
        }
    }

    func run() async throws {
        let answer = answer
        let minutes = minutes.map { FakeMinutesModel($0) }
        let server = try await FakeModelServer.start(port: port) { request in
            if let minutes { return minutes.answer(to: request) }
            // After a tool has answered the model says something.
            return request.messages.last?["role"]?.string == "tool" ? .text("The tool said: \(request.text)") : answer
        }
        print("listening: \(server.url)")
        try await server.untilStopped()
    }

    private var answer: FakeModelAnswer {
        var answer = FakeModelAnswer.lasting(.seconds(seconds), tokensPerSecond: tokensPerSecond)
        let half = answer.tokens.count / 2
        switch mode {
        case .answer: break
        case .call: answer = .calling(.init(id: "call_1", name: "search", arguments: #"{"query":"leave"}"#))
        case .rateLimited: answer.fault = .rateLimited(retryAfterSeconds: 5)
        case .failing: answer.fault = .status(500, code: "server_error")
        case .cut: answer.fault = .cut(afterTokens: half)
        case .silent: answer.fault = .silence(afterTokens: 0)
        case .stalling: answer.fault = .silence(afterTokens: half)
        case .garbage: answer.fault = .garbage(afterTokens: half)
        case .endless: answer.fault = .endless
        case .error: answer.fault = .errorInStream(afterTokens: half)
        case .refusal: answer.fault = .refusal(afterTokens: half)
        }
        return answer
    }
}

extension FakeMinutesModel.Mode: ExpressibleByArgument {}
