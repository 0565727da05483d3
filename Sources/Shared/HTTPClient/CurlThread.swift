import CCurl
import Glibc
import HTTP
import NIOConcurrencyHelpers

/// The one thread that calls libcurl: started at first use, joined at the end.
final class CurlThread: Sendable {
    static let stoppedError = HTTPClientError(code: .cancelled, detail: "the client is shut down")

    private enum State {
        case idle
        case running(pthread_t, CurlMailbox)
        case stopped
    }

    /// libcurl's global state, set up once in a process and never torn down.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    private let configuration: HTTPClientConfiguration
    private let state = NIOLockedValueBox(State.idle)

    init(configuration: HTTPClientConfiguration) { self.configuration = configuration }

    /// The running thread's mailbox. Throws `.cancelled` after the stop, `.invalidRequest` for a proxy that cannot be,
    /// `.connectFailed` if no thread can be had.
    func mailbox() throws(HTTPClientError) -> CurlMailbox {
        let result: Result<CurlMailbox, HTTPClientError> = state.withLockedValue { state in
            switch state {
            case .running(_, let mailbox): return .success(mailbox)
            case .stopped: return .failure(Self.stoppedError)
            case .idle:
                do throws(HTTPClientError) {
                    let (thread, mailbox) = try start()
                    state = .running(thread, mailbox)
                    return .success(mailbox)
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }

    /// Ends all transfers and joins the thread. A second call returns at once.
    func stop() async {
        guard let (thread, mailbox) = close() else { return }
        await withCheckedContinuation { continuation in
            if !mailbox.post(.stop(continuation)) { continuation.resume() }
        }
        // The loop has ended, so this waits for no more than the thread's own exit.
        pthread_join(thread, nil)
    }

    /// The same without waiting, for a client that was dropped without `shutdown()`.
    func abandon() {
        guard let (thread, mailbox) = close() else { return }
        mailbox.post(.stop(nil))
        pthread_detach(thread)
    }

    private func close() -> (pthread_t, CurlMailbox)? {
        state.withLockedValue { state in
            defer { state = .stopped }
            guard case .running(let thread, let mailbox) = state else { return nil }
            return (thread, mailbox)
        }
    }

    private func start() throws(HTTPClientError) -> (pthread_t, CurlMailbox) {
        guard Self.isLibraryReady else { throw HTTPClientError(code: .connectFailed, detail: "libcurl does not start") }
        try configuration.validate()
        let mailbox = try CurlMailbox()
        let loop = try CurlLoop(configuration: configuration, mailbox: mailbox)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(loop)
        let code = unsafe pthread_create(&thread, nil, Self.main, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw HTTPClientError(code: .connectFailed, detail: "no thread: errno \(code)")
        }
        return (thread, mailbox)
    }

    /// The thread. Signals stay with the program's other threads; SIGPIPE is nobody's, a broken pipe is an error code.
    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        unsafe ccurl_name_thread("http-client")
        if let context = unsafe context {
            unsafe Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
        }
        return nil
    }
}
