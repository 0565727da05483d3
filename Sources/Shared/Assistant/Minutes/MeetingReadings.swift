import MeetingMinutes
import NIOConcurrencyHelpers

/// The meetings that tasks of this process read now. Each is fetched, parsed and split once, however many of its chunks are
/// read at once.
final class MeetingReadings: Sendable {
    /// A meeting, and what a model reads of it at once.
    struct Reading: Sendable {
        let material: MinutesMaterial
        let chunks: [Chunk]

        init(_ material: MinutesMaterial) {
            self.material = material
            chunks = material.making.chunks
        }
    }

    private struct Entry {
        let task: Task<Reading?, any Error>
        var users = 1
    }

    private let entries = NIOLockedValueBox<[MinutesID: Entry]>([:])

    /// Runs `body` with a meeting, which is let go with the last that reads it.
    ///
    /// - Parameters:
    ///   - id: Its minutes.
    ///   - fetch: How one comes by it, where nobody reads it yet.
    ///   - body: What reads it; nil where the minutes are forgotten.
    /// - Returns: What `body` returns.
    /// - Throws: What `fetch` and `body` throw.
    func with<Value>(
        _ id: MinutesID,
        fetch: @escaping @Sendable () async throws -> MinutesMaterial?,
        _ body: (Reading?) async throws -> Value
    ) async throws -> Value {
        let task = entries.withLockedValue { entries in
            if let entry = entries[id] {
                entries[id]?.users += 1
                return entry.task
            }
            let task = Task { try await fetch().map(Reading.init) }
            entries[id] = Entry(task: task)
            return task
        }
        defer {
            entries.withLockedValue { entries in
                entries[id]?.users -= 1
                if entries[id]?.users == 0 { entries[id] = nil }
            }
        }
        return try await body(try await task.value)
    }
}
