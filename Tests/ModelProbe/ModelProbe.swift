import ArgumentParser
import Cryptography
import Foundation
import HTTPClient
import JSON
import LanguageModel
import Logging

/// Asks an OpenAI-compatible server once, as the worker does, and prints each event as a line of JSON: for checks against
/// servers that are not ours.
@main
struct ModelProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model-probe",
        abstract: "Asks a model once and prints what comes, an event a line.",
        discussion: "The key is taken from LLM_API_KEY, the question from the standard input."
    )

    @Option(help: "The endpoint, up to and with its version.")
    var baseUrl: String
    @Option(help: "The model's name.")
    var model: String
    @Option(help: "Bound of the answer, in tokens.")
    var maximumTokens: Int?
    @Option(help: "0 to 2.")
    var temperature: Double?
    @Flag(help: "Offer the model a tool.")
    var offersTool = false
    @Option(help: "Leave after so many pieces of text.")
    var leaveAfter: Int?
    @Option(help: "Ask so often at once, and print only what that came to.")
    var crowd: Int?

    func run() async throws {
        let http = HTTPClient()
        let model = OpenAIModel(
            configuration: OpenAIConfiguration(
                baseURL: baseUrl,
                apiKey: ProcessInfo.processInfo.environment["LLM_API_KEY"].map { Secret($0) },
                model: model,
                retries: .init(maximumTries: 1)
            ),
            http: http,
            logger: Logger(label: "model-probe") { _ in SwiftLogNoOpLogHandler() }
        )
        let question = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        var request = ChatRequest(
            messages: [.system("You are a test."), .user(question)],
            maximumTokens: maximumTokens,
            temperature: temperature
        )
        if offersTool {
            let parameters: JSONObject = ["type": "object", "properties": ["query": ["type": "string"]]]
            request.tools = [ChatTool(name: "search", description: "Finds documents.", parameters: parameters)]
        }
        if let crowd {
            say(await Self.crowd(of: crowd, asking: request, to: model))
            await http.shutdown()
            return
        }
        do {
            var events = try await model.stream(request).makeAsyncIterator()
            var pieces = 0
            while let event = try await events.next() {
                say(event)
                if case .text = event { pieces += 1 }
                if pieces == leaveAfter { break }
            }
        } catch {
            say(["error": .string(error.code.rawValue), "status": error.status.map { .integer(Int64($0)) } ?? .null])
        }
        await http.shutdown()
    }

    /// How many answers came whole, in which time, with which peak of memory (`ru_maxrss`) and how much of the processor.
    private static func crowd(of count: Int, asking request: ChatRequest, to model: OpenAIModel) async -> JSONObject {
        let start = ContinuousClock.now
        let whole = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                group.addTask { (try? await model.complete(request)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let processor = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return [
            "asked": .integer(Int64(count)), "whole": .integer(Int64(whole)),
            "seconds": .integer((ContinuousClock.now - start).components.seconds),
            "peak_mb": .integer(Int64(usage.ru_maxrss / 1_024)), "cpu_seconds": .integer(Int64(processor)),
        ]
    }

    private func say(_ event: ChatEvent) {
        switch event {
        case .text(let text): say(["text": .string(text)])
        case .toolCalls(let calls):
            say(["tool_calls": .array(calls.map { ["name": .string($0.name), "arguments": .object($0.arguments)] })])
        case .finished(let finish):
            var object: JSONObject = ["finished": .string(finish.reason.rawValue), "model": .string(finish.model)]
            if let usage = finish.usage {
                object["prompt_tokens"] = .integer(Int64(usage.promptTokens))
                object["completion_tokens"] = .integer(Int64(usage.completionTokens))
            }
            say(object)
        }
    }

    private func say(_ object: JSONObject) {
        print(JSONValue.object(object).text)
    }
}
