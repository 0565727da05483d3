import Cryptography
import HTTPClient
import LanguageModel
import TestSupport
import Testing

@Suite("Speech to text")
struct TranscriptionModelTests {
    /// Runs a body with a model at this address.
    private func withModel(
        at url: String,
        maximumBytes: Int = 1_000_000,
        _ body: (TranscriptionModel) async throws -> Void
    ) async throws {
        let http = HTTPClient()
        let configuration = TranscriptionModel.Configuration(
            baseURL: url + "/",
            apiKey: Secret(key),
            model: "listener",
            timeout: .seconds(10),
            maximumBytes: maximumBytes
        )
        try await body(TranscriptionModel(configuration: configuration, http: http))
        await http.shutdown()
    }

    @Test("sends the recording as a form, with its name, format, model and language")
    func form() async throws {
        let recording = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) } + Array("\r\n--form-".utf8)
        let server = try await FakeModelServer.start(transcribing: { _ in " 你好，世界\n" }) { _ in .text("") }
        try await withModel(at: server.url) { model in
            let text = try await model.text(of: recording, fileName: "voice \"1\"\r\n.opus", language: "zh")
            #expect(text == "你好，世界")
            let upload = try #require(server.tally.uploads.first)
            #expect(upload.file == recording)
            #expect(upload.fileName == "voice 1.opus")
            #expect(upload.fileType == "audio/ogg")
            #expect(upload.fields == ["model": "listener", "response_format": "json", "language": "zh"])
        }
        try await server.stop()
    }

    @Test("a recording beyond the bound is not sent")
    func bound() async throws {
        try await ScriptedHTTPServer.with(handler: { _, exchange in try await exchange.respond() }) { server in
            try await withModel(at: server.url, maximumBytes: 100) { model in
                let error = await failure {
                    _ = try await model.text(of: .init(repeating: 0, count: 101), fileName: "a.mp3")
                }
                #expect(error?.code == .tooLarge)
                #expect(server.tally.requests.isEmpty)
            }
        }
    }

    @Test(
        "names what failed, without the key",
        arguments: [
            (401, "{\"error\":{\"message\":\"bad key sk-very-secret\"}}", LanguageModelError.Code.unauthorised),
            (429, "{}", .rateLimited), (500, "", .serverFailed), (200, "{}", .badResponse), (200, "<p>", .badResponse),
        ]
    )
    func errors(status: Int, body: String, code: LanguageModelError.Code) async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond(status: status, headers: [("Retry-After", "3")], body)
        } _: { server in
            try await withModel(at: server.url) { model in
                let error = await failure { _ = try await model.text(of: [1, 2, 3], fileName: "a.wav") }
                #expect(error?.code == code)
                if status == 429 { #expect(error?.retryAfter == .seconds(3)) }
                #expect(!"\(String(describing: error))".contains("secret"))
            }
        }
    }
}
