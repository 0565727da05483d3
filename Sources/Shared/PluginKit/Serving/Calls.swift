import JSON
import Logging
import NIOConcurrencyHelpers

/// Has a plugin answer: within its time, in its number of places, once for each idempotency key.
final class Calls: Sendable {
    private let plugin: any Plugin
    private let timeout: Duration
    private let logger: Logger
    private let places: NIOLockedValueBox<CallPlaces>
    private let remembered = NIOLockedValueBox(RememberedCalls())
    private let clock = ContinuousClock()

    init(of plugin: any Plugin, logger: Logger) {
        let manifest = type(of: plugin).manifest
        self.plugin = plugin
        self.logger = logger
        timeout = manifest.timeout
        places = NIOLockedValueBox(CallPlaces(most: manifest.concurrency, timeout: manifest.timeout))
    }

    /// Whether every place is taken by a call that does not end.
    var areStuck: Bool { places.withLockedValue { $0.areStuck(at: clock.now) } }

    /// What the plugin answers, or answered before under this key. Without a key it is asked in any case.
    func answer(to message: Message, key: String) async -> Answer {
        guard !key.isEmpty else { return await answer(to: message) }
        // A task of its own, since it is awaited by all who ask under its key: the first of them may go away.
        let call = remembered.withLockedValue { calls in
            calls.call(key, at: clock.now) {
                Task {
                    let answer = await self.answer(to: message)
                    self.remembered.withLockedValue { $0.ended(key, with: answer, at: self.clock.now) }
                    return answer
                }
            }
        }
        return await call.value
    }

    private func answer(to message: Message) async -> Answer {
        guard let place = places.withLockedValue({ $0.take(at: clock.now) }) else {
            return .failure(503, "busy", "as many calls as the manifest's concurrency allows are under way")
        }
        defer { places.withLockedValue { $0.giveBack(place) } }
        do {
            return Answer(try await reply(to: message).encoded())
        } catch let error as PluginError {
            return .failure(422, "refused", String(error.words.prefix(500)))
        } catch let error as BadReply {
            logger.error("a reply is none", metadata: ["error": "\(error)", "request_id": "\(message.requestID)"])
            return .failure(500, "bad_reply", "the plugin's answer is none; its log says why")
        } catch {
            logger.error("a call failed", metadata: ["error": "\(error)", "request_id": "\(message.requestID)"])
            return .failure(500, "internal", "the plugin failed; its log says why")
        }
    }

    /// Cancels the plugin's task where it takes too long.
    private func reply(to message: Message) async throws -> Reply {
        try await withThrowingTaskGroup(of: Reply.self) { group in
            group.addTask { try await self.plugin.handle(message) }
            group.addTask {
                try await Task.sleep(for: self.timeout)
                throw TookTooLong()
            }
            defer { group.cancelAll() }
            guard let reply = try await group.next() else { throw CancellationError() }
            return reply
        }
    }
}

/// A call that was not answered within the manifest's timeout.
private struct TookTooLong: Error, CustomStringConvertible {
    let description = "the call took longer than the manifest's timeout"
}
