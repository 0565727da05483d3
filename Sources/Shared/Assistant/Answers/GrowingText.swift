import NIOConcurrencyHelpers

/// A text that a model writes while somebody shows it.
final class GrowingText: Sendable {
    private let box = NIOLockedValueBox("")

    /// All that was written so far.
    var text: String { box.withLockedValue { $0 } }

    func append(_ piece: String) { box.withLockedValue { $0 += piece } }
}
