import Foundation
import JSON
import TestSupport

extension AssistantSystem {
    /// Runs `body` with the whole product, which asks a vendor's server of the test's own.
    static func with(
        model answering: @escaping FakeModelServer.Answering,
        _ options: Options = Options(),
        _ body: (AssistantSystem, FakeModelServer) async throws -> Void
    ) async throws {
        try await FakeModelServer.with(answering: answering) { model in
            var options = options
            let vendor = ["LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_MODEL": "fake-model"]
            options.settings.merge(vendor) { own, _ in own }
            try await AssistantSystem.with(options) { try await body($0, model) }
        }
    }

    /// Runs a command of the operator's and reads its table.
    func table(_ arguments: String...) async throws -> [JSONValue] {
        let outcome = try await ProgramProcess.run(
            "ai-assistant",
            arguments + ["--output", "json"],
            environment: environment
        )
        guard outcome.ending == .exited(0) else {
            throw NeverHappened(description: outcome.output + outcome.errors)
        }
        return try JSONValue(parsing: outcome.output).array ?? []
    }
}

/// A file that the programs of a test read, gone with the object.
final class SharedFile: Sendable {
    let path: String

    init(_ text: String, name: String = "file") throws {
        path = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID()).yaml").path
        try write(text)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Replaces what stands in it, in one step.
    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) }
}

/// An answer's card as somebody sees it.
struct ShownCard {
    let json: JSONValue

    /// What it says.
    var answer: String? { element("answer") }
    /// What stands below that.
    var note: String? { element("status") }

    /// The names of its buttons.
    var buttons: [String] { components.filter { $0["tag"] == "button" }.compactMap { $0["element_id"]?.string } }

    /// The task that its buttons name.
    var task: String? {
        components.lazy.compactMap { $0["behaviors"]?.array?.first?["value"]?["task"]?.string }.first
    }

    private var components: [JSONValue] {
        let elements = json["body"]?["elements"]?.array ?? []
        return elements + elements.flatMap { $0["columns"]?.array ?? [] }.flatMap { $0["elements"]?.array ?? [] }
    }

    private func element(_ id: String) -> String? {
        components.first { $0["element_id"]?.string == id }?["content"]?.string
    }
}

extension SandboxControl {
    /// A message as people see it.
    func message(_ id: String) async throws -> JSONValue {
        let messages = try await state()["messages"]?.array ?? []
        guard let message = messages.first(where: { $0["message_id"]?.string == id }) else {
            throw NeverHappened(description: "no message \(id)")
        }
        return message
    }

    /// The card that a message shows.
    func card(shownIn messageID: String) async throws -> ShownCard {
        ShownCard(json: try JSONValue(parsing: try await message(messageID)["content"]?.string ?? ""))
    }

    /// What bots said in a chat, oldest first.
    func said(in chatID: String) async throws -> [JSONValue] {
        (try await state()["messages"]?.array ?? [])
            .filter { $0["chat_id"]?.string == chatID && $0["from_bot"]?.bool == true }
    }

    /// Somebody's open id.
    func openID(of person: String) async throws -> String {
        let people = try await state()["people"]?.array ?? []
        return people.first { $0["name"]?.string == person }?["open_id"]?.string ?? ""
    }

    /// The emoji on a message.
    func emoji(on messageID: String) async throws -> [String] {
        (try await message(messageID)["reactions"]?.array ?? []).compactMap { $0["emoji"]?.string }
    }
}
