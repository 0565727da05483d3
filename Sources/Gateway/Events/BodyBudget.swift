import NIOConcurrencyHelpers

/// How much memory the bodies of all deliveries may take together while they arrive.
///
/// One body is bounded, and so is the number of connections; their product is more than a machine has.
final class BodyBudget: Sendable {
    /// Bodies up to this size, in bytes, are not counted: nearly all events are smaller, and come in one piece.
    static let free = 16 << 10

    private let limit: Int
    private let used = NIOLockedValueBox(0)

    /// - Parameter limit: In bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a share. False when it is not to be had now.
    func take(_ bytes: Int) -> Bool {
        used.withLockedValue { used in
            guard used + bytes <= limit else { return false }
            used += bytes
            return true
        }
    }

    /// Gives a share back.
    func giveBack(_ bytes: Int) {
        used.withLockedValue { $0 -= bytes }
    }
}
