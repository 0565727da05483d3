import CCurl
import Glibc
import HTTP
import NIOConcurrencyHelpers

/// What other threads ask of the one that runs libcurl.
enum CurlOperation: Sendable {
    case start(Transfer)
    /// The reader has caught up: let libcurl go on.
    case resume(Transfer)
    /// Nobody waits any more: free the transfer and its connection.
    case cancel(Transfer)
    /// End everything, and resume this when it is done.
    case stop(CheckedContinuation<Void, Never>?)
}

/// Operations on their way to the thread, and the eventfd that wakes it.
final class CurlMailbox: Sendable {
    private struct State {
        var operations: [CurlOperation] = []
        var isClosed = false
    }

    /// Readable while operations wait.
    let wakeup: Int32
    private let state = NIOLockedValueBox(State())

    /// Throws `.connectFailed` if the process has no file descriptor left.
    init() throws(HTTPClientError) {
        wakeup = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard wakeup >= 0 else { throw HTTPClientError(code: .connectFailed, detail: "no eventfd: errno \(errno)") }
    }

    deinit { Glibc.close(wakeup) }

    /// Queues an operation and wakes the thread; false once it has stopped.
    @discardableResult
    func post(_ operation: CurlOperation) -> Bool {
        let (isAccepted, wakes) = state.withLockedValue { state in
            guard !state.isClosed else { return (false, false) }
            state.operations.append(operation)
            return (true, state.operations.count == 1)
        }
        // Fails only when the counter is full, and then the thread is awake already.
        if wakes { _ = eventfd_write(wakeup, 1) }
        return isAccepted
    }

    /// Everything queued; resets the wake-up.
    func take() -> [CurlOperation] {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(wakeup, &count)
        return state.withLockedValue { state in
            defer { state.operations = [] }
            return state.operations
        }
    }

    /// Refuses further operations and returns those that came too late.
    func close() -> [CurlOperation] {
        state.withLockedValue { state in
            state.isClosed = true
            defer { state.operations = [] }
            return state.operations
        }
    }
}
