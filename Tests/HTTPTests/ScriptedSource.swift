import HTTP
import NIOConcurrencyHelpers

/// A body's source without a transfer: the pieces it was given, then the end.
final class ScriptedSource: HTTPClientBodySource {
    private struct State {
        var pieces: [[UInt8]]
        var isCancelled = false
    }

    private let state: NIOLockedValueBox<State>
    private let failure: HTTPClientError?

    /// Ends with `failure` where there is one.
    init(_ pieces: [[UInt8]], failure: HTTPClientError? = nil) {
        state = NIOLockedValueBox(State(pieces: pieces))
        self.failure = failure
    }

    var isCancelled: Bool { state.withLockedValue(\.isCancelled) }
    var bufferedBytes: Int { state.withLockedValue { $0.pieces.reduce(0) { $0 + $1.count } } }

    func nextChunk() async throws(HTTPClientError) -> [UInt8]? {
        let piece = state.withLockedValue { $0.pieces.isEmpty ? nil : $0.pieces.removeFirst() }
        if piece == nil, let failure { throw failure }
        return piece
    }

    func cancel() {
        state.withLockedValue { state in
            state.isCancelled = true
            state.pieces = []
        }
    }
}
