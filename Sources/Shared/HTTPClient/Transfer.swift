import HTTP
import NIOConcurrencyHelpers

/// One exchange, as its two sides share it: the task that awaits it and the thread that runs libcurl.
final class Transfer: HTTPClientBodySource {
    /// How the body leaves.
    enum Mode: Sendable {
        /// In one piece at the end; never paused, as its size is bounded.
        case collected
        /// In pieces, paused while more than the high watermark waits.
        case streamed
    }

    /// What becomes of bytes offered by libcurl.
    enum Receipt { case taken, paused, refused }

    /// Without its body, which is where libcurl has it once it works on the transfer, and only there.
    let request: HTTPClientRequest
    let endpoint: String
    /// When the caller asked for it; the total deadline counts from here.
    let started = ContinuousClock.now
    private let mailbox: CurlMailbox
    private let body: NIOLockedValueBox<[UInt8]?>
    private let state: NIOLockedValueBox<TransferState>

    init(request: HTTPClientRequest, endpoint: String, mode: Mode, mailbox: CurlMailbox) {
        var head = request
        head.body = nil
        self.request = head
        body = NIOLockedValueBox(request.body)
        self.endpoint = endpoint
        self.mailbox = mailbox
        state = NIOLockedValueBox(TransferState(mode: mode))
    }

    var isFinished: Bool { state.withLockedValue { $0.outcome != nil } }
    var bufferedBytes: Int { state.withLockedValue { $0.buffer.count } }

    // MARK: The reader's side

    /// Waits for the response's head.
    func head() async throws(HTTPClientError) -> HTTPClientHead {
        try await wait(for: .head)
        return try state.withLockedValue { $0.takeHead() }.get()
    }

    /// Waits for bytes; nil after the last.
    func nextChunk() async throws(HTTPClientError) -> [UInt8]? {
        try await wait(for: .bytes)
        let (chunk, resumes) = try state.withLockedValue { $0.takeBytes() }.get()
        if resumes { mailbox.post(.resume(self)) }
        return chunk
    }

    /// Waits for the end.
    func wholeResponse() async throws(HTTPClientError) -> (HTTPClientHead, [UInt8]) {
        try await wait(for: .end)
        return try state.withLockedValue { $0.takeEverything() }.get()
    }

    /// Ends the transfer now, unless it has ended; a waiting reader gets `.cancelled`.
    func cancel() {
        let error = HTTPClientError(code: .cancelled, endpoint: endpoint, detail: "the task was cancelled")
        let (wasRunning, waiter) = state.withLockedValue { state in
            (state.outcome == nil, state.finish(.failure(error), dropping: true))
        }
        waiter?.resume(returning: true)
        if wasRunning { mailbox.post(.cancel(self)) }
    }

    private func wait(for event: TransferState.Event) async throws(HTTPClientError) {
        let isOnlyReader = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLockedValue { $0.await(event, continuation) }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel()
        }
        guard isOnlyReader else {
            throw HTTPClientError(code: .invalidRequest, endpoint: endpoint, detail: "two tasks read one body")
        }
    }

    // MARK: The thread's side

    /// The request's body, once; nil where it has none.
    func takeBody() -> [UInt8]? {
        body.withLockedValue { body in
            defer { body = nil }
            return body
        }
    }

    /// Records the head and wakes a reader who waits for it.
    func receive(_ head: HTTPClientHead) {
        state.withLockedValue { $0.receive(head) }?.resume(returning: true)
    }

    /// Takes bytes of the body, or leaves them with libcurl.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Receipt {
        let (receipt, waiter) = state.withLockedValue { unsafe $0.receive(bytes) }
        waiter?.resume(returning: true)
        return receipt
    }

    /// Records the end, unless there was one before.
    func finish(_ outcome: Result<Void, HTTPClientError>) {
        state.withLockedValue { $0.finish(outcome, dropping: false) }?.resume(returning: true)
    }
}
