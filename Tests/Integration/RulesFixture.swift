import Foundation
import JSON
import TestSupport

/// A file of rules that a system reads.
struct RulesFixture {
    let path: String

    init(_ yaml: String = "rules: []\n") throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString).yaml").path
        try write(yaml)
    }

    func write(_ yaml: String) throws { try Data(yaml.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

extension AssistantSystem {
    /// What bots said in a chat, as it was sent, oldest first.
    func said(in chatID: String) async throws -> [String] {
        let messages = try await sandbox.state()["messages"]?.array ?? []
        return messages.filter { $0["chat_id"]?.string == chatID && $0["from_bot"]?.bool == true }
            .compactMap { $0["content"]?.string }
    }

    /// The tasks that people see.
    func tasks() async throws -> [JSONValue] {
        try await sandbox.call("GET", "tasks")["tasks"]?.array ?? []
    }

    /// The ids of the events of a type that were delivered.
    func events(_ type: String) async throws -> [String] {
        try await sandbox.call("GET", "deliveries")["deliveries"]?.array?
            .filter { $0["event_type"]?.string == type }.compactMap { $0["event_id"]?.string } ?? []
    }

    /// The open id of somebody who has done something.
    func openID(of name: String) async throws -> String {
        let people = try await sandbox.state()["people"]?.array ?? []
        return people.first { $0["name"]?.string == name }?["open_id"]?.string ?? ""
    }
}
