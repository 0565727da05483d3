import Cryptography
import Foundation
import HTTPClient
import LanguageModel
import Logging
import TestSupport
import Testing

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
/// Headers of a streamed answer.
let eventStream = [("Content-Type", "text/event-stream")]
/// The key of the model under test.
let key = "sk-very-secret"

/// A chunk with text, as vendors send it.
func chunk(_ text: String) -> String {
    "data: {\"id\":\"c1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"},\"finish_reason\":null}]}\n\n"
}
/// How a stream ends: reason, usage, end marker.
let ending = """
    data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

    data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}

    data: [DONE]


    """

/// Runs a body with a model that speaks to a scripted server.
func withModel(
    clock: any Clock<Duration> = ContinuousClock(),
    tries: Int = 1,
    now: Date = Date(timeIntervalSince1970: 784_111_777),
    change: (inout OpenAIConfiguration) -> Void = { _ in },
    handler: @escaping ScriptedHTTPServer.Handler,
    _ body: (OpenAIModel, ScriptedHTTPServer) async throws -> Void
) async throws {
    let http = HTTPClient()
    try await ScriptedHTTPServer.with(handler: handler) { server in
        var configuration = OpenAIConfiguration(
            baseURL: server.url + "/v1/",
            apiKey: Secret(key),
            model: "m",
            retries: .init(maximumTries: tries)
        )
        change(&configuration)
        let model = OpenAIModel(
            configuration: configuration,
            http: http,
            logger: silent,
            clock: clock,
            now: { now },
            random: { 0.5 }
        )
        try await body(model, server)
    }
    await http.shutdown()
}

/// The error of a model that fails.
func failure(_ body: () async throws -> Void) async -> LanguageModelError? {
    await #expect(throws: LanguageModelError.self) { try await body() }
}
