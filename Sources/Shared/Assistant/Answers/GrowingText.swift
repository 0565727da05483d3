import NIOConcurrencyHelpers

/// A text that a model writes while somebody shows it.
final class GrowingText: Sendable {
    private let box = NIOLockedValueBox("")

    /// All that was written so far.
    var text: String { box.withLockedValue { $0 } }

    var isEmpty: Bool { box.withLockedValue { $0.isEmpty } }

    /// How long it is, in UTF-8.
    var bytes: Int { box.withLockedValue { $0.utf8.count } }

    /// What was written after the first `bytes` bytes, where a piece ended.
    func text(from bytes: Int) -> String { String(decoding: text.utf8.dropFirst(bytes), as: UTF8.self) }

    func append(_ piece: String) { box.withLockedValue { $0 += piece } }
}
