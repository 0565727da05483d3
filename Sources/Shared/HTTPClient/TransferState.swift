import HTTP

/// What one exchange has come to: the head, the bytes nobody has read yet, the end. No I/O, no lock.
///
/// Methods that make progress return the continuation to resume, which the caller does outside its lock.
struct TransferState {
    typealias Waiter = CheckedContinuation<Bool, Never>

    /// What a reader waits for. The end always wakes it too.
    enum Event { case head, bytes, end }

    /// Above this a streamed body is paused. Reading takes everything that waits, so it goes on from empty.
    static let highWatermark = 64 << 10

    private let mode: Transfer.Mode
    private var head: HTTPClientHead?
    private(set) var buffer: [UInt8] = []
    private(set) var outcome: Result<Void, HTTPClientError>?
    private var isPaused = false
    private var waiting: (event: Event, waiter: Waiter)?

    init(mode: Transfer.Mode) { self.mode = mode }

    // MARK: The reader's side

    /// Registers a reader, or answers at once: true if it can go on, false if another one waits already.
    mutating func await(_ event: Event, _ waiter: Waiter) -> Bool? {
        guard waiting == nil else { return false }
        if isReady(event) { return true }
        waiting = (event, waiter)
        return nil
    }

    func takeHead() -> Result<HTTPClientHead, HTTPClientError> {
        if let head { return .success(head) }
        if case .failure(let error) = outcome { return .failure(error) }
        return .failure(HTTPClientError(code: .protocol, detail: "the response has no head", mayHaveBeenSent: true))
    }

    /// All bytes that wait, nil after the last, and whether the paused transfer must now be resumed.
    mutating func takeBytes() -> Result<(bytes: [UInt8]?, resumes: Bool), HTTPClientError> {
        guard buffer.isEmpty else {
            defer { isPaused = false }
            return .success((takeBuffer(), isPaused && outcome == nil))
        }
        if case .failure(let error) = outcome { return .failure(error) }
        return .success((nil, false))
    }

    /// The whole response; only once the end is there.
    mutating func takeEverything() -> Result<(HTTPClientHead, [UInt8]), HTTPClientError> {
        if case .failure(let error) = outcome { return .failure(error) }
        let body = takeBuffer()
        return takeHead().map { ($0, body) }
    }

    // MARK: The thread's side

    mutating func receive(_ head: HTTPClientHead) -> Waiter? {
        self.head = head
        return wake()
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> (Transfer.Receipt, Waiter?) {
        guard outcome == nil else { return (.refused, nil) }
        if mode == .streamed, !buffer.isEmpty, buffer.count + bytes.count > Self.highWatermark {
            isPaused = true
            return (.paused, nil)
        }
        unsafe buffer.append(contentsOf: bytes)
        return (.taken, wake())
    }

    /// The first end counts. `dropping` forgets bytes nobody has read.
    mutating func finish(_ outcome: Result<Void, HTTPClientError>, dropping: Bool) -> Waiter? {
        guard self.outcome == nil else { return nil }
        self.outcome = outcome
        if dropping { buffer = [] }
        return wake()
    }

    // MARK: Both

    private func isReady(_ event: Event) -> Bool {
        switch event {
        case .head: head != nil || outcome != nil
        case .bytes: !buffer.isEmpty || outcome != nil
        case .end: outcome != nil
        }
    }

    private mutating func wake() -> Waiter? {
        guard let waiting, isReady(waiting.event) else { return nil }
        self.waiting = nil
        return waiting.waiter
    }

    private mutating func takeBuffer() -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }
}
