import NIOConcurrencyHelpers
import Redis

/// Fetches the bodies of one queue that stand in keys of their own.
///
/// What is asked for while a fetch is on its way goes together in the next, so that the tasks of a batch cost a round
/// trip or two and not one each. A fetch is bounded by what the messages say of the sizes.
final class StoredBodies: Sendable {
    /// The most that one fetch brings, in bytes, unless a single body is larger.
    static let maximumBytes = 16 << 20
    private static let maximumCount = 64

    private struct Wish {
        let reference: String
        let bytes: Int
        let continuation: CheckedContinuation<Result<[UInt8]?, RedisError>, Never>
    }

    private struct State {
        var wishes: [Wish] = []
        var isFetching = false
    }

    private let redis: RedisClient
    private let keys: QueueKeys
    private let state = NIOLockedValueBox(State())

    init(_ redis: RedisClient, _ keys: QueueKeys) {
        self.redis = redis
        self.keys = keys
    }

    /// Fetches a body.
    ///
    /// - Parameters:
    ///   - reference: What its key ends in.
    ///   - bytes: How large it is said to be.
    /// - Returns: nil where there is none.
    /// - Throws: `RedisError` where Redis did not answer.
    func body(_ reference: String, bytes: Int) async throws(RedisError) -> [UInt8]? {
        let result = await withCheckedContinuation { continuation in
            let begins = state.withLockedValue { state in
                state.wishes.append(Wish(reference: reference, bytes: bytes, continuation: continuation))
                defer { state.isFetching = true }
                return !state.isFetching
            }
            // Nobody's child: the others that wait must not depend on whether this task is cancelled.
            if begins { Task { await self.fetchAll() } }
        }
        return try result.get()
    }

    private func fetchAll() async {
        // The others of a batch have a moment to come along.
        await Task.yield()
        while let wishes = next() {
            do throws(RedisError) {
                let keys = wishes.map { self.keys.body($0.reference) }
                let bodies = try await redis.send(RedisCommand("MGET", arguments: keys)).array ?? []
                guard bodies.count == wishes.count else { throw RedisError(.unexpectedReply, command: "MGET") }
                for (wish, body) in zip(wishes, bodies) { wish.continuation.resume(returning: .success(body.bytes)) }
            } catch {
                for wish in wishes { wish.continuation.resume(returning: .failure(error)) }
            }
        }
    }

    /// What the next fetch brings; nil where nothing is wished for, which ends the fetching.
    private func next() -> [Wish]? {
        state.withLockedValue { state in
            var bytes = 0
            let count = state.wishes.prefix(Self.maximumCount).prefix { wish in
                defer { bytes += max(0, wish.bytes) }
                return bytes == 0 || bytes + wish.bytes <= Self.maximumBytes
            }.count
            guard count > 0 else {
                state.isFetching = false
                return nil
            }
            defer { state.wishes.removeFirst(count) }
            return Array(state.wishes.prefix(count))
        }
    }
}
