import JSON
import NIOConcurrencyHelpers
import PluginKit

/// A plugin that does what it is told by the text, for tests.
struct Echo: Plugin {
    static let manifest = Manifest(
        name: "echo",
        version: "1.0.0",
        permissions: [.messageText, .conversationState, .enqueueJobs],
        timeout: .seconds(20),
        concurrency: 2
    )

    private static let calls = NIOLockedValueBox(0)
    /// Calls of `wait` by their gate.
    static let gates = Gates()

    func handle(_ message: Message) async throws -> Reply {
        let words = message.content.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "refuse": throw PluginError(String(repeating: "长", count: 600))
        case "fail": throw Failure()
        case "large": return .file(name: "a", content: [UInt8](repeating: 0, count: 4 << 20))
        case "parts": return Reply([Reply.Part](repeating: .text("a"), count: 6))
        case "count":
            let count = Self.calls.withLockedValue { calls in
                calls += 1
                return calls
            }
            return .text("\(count)")
        case "wait":
            await Self.gates.pass(words.last ?? "")
            return .text("passed")
        default: return .text("\(message.language.rawValue) \(message.content)")
        }
    }

    private struct Failure: Error, CustomStringConvertible {
        let description = "secret words"
    }
}

/// Gates that hold calls until a test opens them.
actor Gates {
    private var open: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    func pass(_ name: String) async {
        guard !open.contains(name) else { return }
        await withCheckedContinuation { waiting[name, default: []].append($0) }
    }

    /// How many calls stand before a gate.
    func count(_ name: String) -> Int { waiting[name]?.count ?? 0 }

    func open(_ name: String) {
        open.insert(name)
        for call in waiting.removeValue(forKey: name) ?? [] { call.resume() }
    }
}
