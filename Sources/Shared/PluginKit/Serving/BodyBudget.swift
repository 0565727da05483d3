import NIOConcurrencyHelpers

/// How many bytes of bodies may be in memory together.
final class BodyBudget: Sendable {
    private let left: NIOLockedValueBox<Int>

    init(_ bytes: Int) { left = NIOLockedValueBox(bytes) }

    /// Runs `work` while so many bytes are taken; nil where there are not so many left.
    func with<T>(_ bytes: Int, _ work: () async throws -> T) async rethrows -> T? {
        let isThere = left.withLockedValue { left in
            guard left >= bytes else { return false }
            left -= bytes
            return true
        }
        guard isThere else { return nil }
        defer { left.withLockedValue { $0 += bytes } }
        return try await work()
    }
}
