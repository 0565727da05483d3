import Foundation
import JSON
import TestSupport
import Testing

/// Many people who write to the bot, and the account of what became of their messages.
actor Crowd {
    /// How the messages fared, over a whole run.
    struct Account: Sendable {
        var messages = 0
        var effects = 0
        /// Requests that Feishu recognised by their uuid, or refused because the first was still under way.
        var repeats = 0
        /// The longest time from the first end of a worker after a message to its reply, in milliseconds.
        var slowest: Int64 = 0

        static func + (left: Account, right: Account) -> Account {
            Account(
                messages: left.messages + right.messages,
                effects: left.effects + right.effects,
                repeats: left.repeats + right.repeats,
                slowest: max(left.slowest, right.slowest)
            )
        }
    }

    static let jobs = 100

    private let system: AssistantSystem
    /// Messages by their id, with the moment (ms since 1970) just before they were written.
    private var waiting: [String: Int64] = [:]

    init(_ system: AssistantSystem) { self.system = system }

    /// Makes each reply take so long at Feishu's side: jobs are under way for at least that.
    func slowReplies(by milliseconds: Int64) async throws {
        try await system.sandbox.inject([
            "kind": "latency", "path": "/reply", "count": 1_000_000, "milliseconds": .integer(milliseconds),
        ])
    }

    /// So many people write at once.
    func speak(_ people: Int = jobs) async throws {
        let began = Self.now
        for message in try await Self.messages(of: people, to: system.sandbox) { waiting[message] = began }
    }

    private static func messages(of people: Int, to sandbox: SandboxControl) async throws -> [String] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for person in 0..<people {
                group.addTask { try await sandbox.say("What can you do?", as: "Person \(person)").messageID }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Waits until every message was taken and no task is left.
    func settled() async throws -> QueueCensus {
        let total = Int64(waiting.count)
        try await eventually("acknowledged events", within: .seconds(30)) {
            try await system.sandbox.stats()["deliveries"]?["acknowledged"]?.integer == total
        }
        return try await system.settled(within: .seconds(60))
    }

    /// Counts effects; an issue for each message that has not exactly one. `ends` are the moments (ms since 1970) at
    /// which workers were ended.
    func account(ends: [Int64]) async throws -> Account {
        let sendings = try await system.sandbox.sendings()
        var account = Account(messages: waiting.count)
        var effects: [String: Int] = [:]
        for sending in sendings {
            guard sending.outcome == "sent", let message = sending.parentID else {
                account.repeats += 1
                continue
            }
            account.effects += 1
            effects[message, default: 0] += 1
            guard let spoken = waiting[message] else {
                Issue.record("an effect for a message of nobody")
                continue
            }
            if let end = ends.first(where: { $0 > spoken && $0 <= sending.at }) {
                account.slowest = max(account.slowest, sending.at - end)
            }
        }
        for message in waiting.keys where effects[message] != 1 {
            Issue.record("\(effects[message] ?? 0) effects instead of 1 for \(message)")
        }
        return account
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
