import CCurl
import HTTP

/// Runs libcurl's multi interface on epoll. Made on one thread, then used and freed on the client's own alone.
@safe
final class CurlLoop {
    /// The instant of the present round; callbacks stamp activity with it.
    private(set) var now = ContinuousClock.now
    /// Sockets that several transfers may share. Each active transfer that may is counted in it.
    var shared = SharedSockets()
    /// Counts what callbacks were given.
    var deliveries = 0
    private let configuration: HTTPClientConfiguration
    private let mailbox: CurlMailbox
    private let multi: UnsafeMutableRawPointer
    private let poll: EventPoll
    private var active: [ObjectIdentifier: ActiveTransfer] = [:]
    private var deadlines = DeadlineHeap()
    /// When libcurl wants to be called without an event.
    private var curlDue: ContinuousClock.Instant?
    private var isStopping = false
    private var stopped: [CheckedContinuation<Void, Never>] = []

    /// Throws `.connectFailed` if memory or file descriptors have run out.
    init(configuration: HTTPClientConfiguration, mailbox: CurlMailbox) throws(HTTPClientError) {
        guard let multi = unsafe curl_multi_init() else {
            throw HTTPClientError(code: .connectFailed, detail: "out of memory")
        }
        self.configuration = configuration
        self.mailbox = mailbox
        unsafe self.multi = multi
        do throws(HTTPClientError) {
            poll = try EventPoll()
        } catch {
            unsafe curl_multi_cleanup(multi)
            throw error
        }
        guard poll.watch(mailbox.wakeup, reading: true, writing: false), prepare() else {
            throw HTTPClientError(code: .connectFailed, detail: "libcurl or epoll refuses its set-up")
        }
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    /// Works until told to stop, then ends what is left.
    func run() {
        while !isStopping {
            let ready = poll.wait(milliseconds: waitMilliseconds)
            now = .now
            for event in ready where event.descriptor != mailbox.wakeup {
                act(on: event.descriptor, event.bits)
                shared.stir(event.descriptor, at: now)
            }
            for operation in mailbox.take() { perform(operation) }
            if let due = curlDue, due <= now {
                curlDue = nil
                act(on: CURL_SOCKET_TIMEOUT, 0)
            }
            nudge()
            reap()
            expire()
        }
        end()
    }

    /// Makes sure that the transfer is looked at when its deadline comes.
    func schedule(_ transfer: ActiveTransfer) {
        guard transfer.due < transfer.scheduled else { return }
        push(transfer)
    }

    // MARK: Operations

    private func perform(_ operation: CurlOperation) {
        switch operation {
        case .start(let transfer): start(transfer)
        case .resume(let transfer): active[ObjectIdentifier(transfer)]?.resume()
        case .cancel(let transfer): remove(ObjectIdentifier(transfer))
        case .stop(let continuation):
            isStopping = true
            if let continuation { stopped.append(continuation) }
        }
    }

    private func start(_ transfer: Transfer) {
        guard !transfer.isFinished else { return }
        do throws(HTTPClientError) {
            let started = try ActiveTransfer(transfer, configuration: configuration, loop: self)
            active[ObjectIdentifier(transfer)] = started
            if started.mayShare { shared.enter(at: now) }
            push(started)
            guard unsafe curl_multi_add_handle(multi, started.easy.pointer) == CURLM_OK else {
                remove(ObjectIdentifier(transfer))
                throw HTTPClientError(code: .connectFailed, endpoint: transfer.endpoint, detail: "out of memory")
            }
        } catch {
            transfer.finish(.failure(error))
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        guard let transfer = active.removeValue(forKey: id) else { return }
        if transfer.mayShare { shared.leave() }
        // The handle must outlive its removal, and nothing else may own it any more.
        withExtendedLifetime(transfer) { _ = unsafe curl_multi_remove_handle(multi, transfer.easy.pointer) }
    }

    private func end() {
        for (id, transfer) in active {
            remove(id)
            transfer.transfer.finish(.failure(CurlThread.stoppedError))
        }
        for operation in mailbox.close() {
            switch operation {
            case .start(let transfer): transfer.finish(.failure(CurlThread.stoppedError))
            case .stop(let continuation?): stopped.append(continuation)
            case .resume, .cancel, .stop(nil): break
            }
        }
        for continuation in stopped { continuation.resume() }
    }

    // MARK: Events and ends

    /// Transfers that fail here report it through the finished list, so the code says nothing more.
    private func act(on fd: Int32, _ bits: Int32) {
        var running: Int32 = 0
        _ = unsafe curl_multi_socket_action(multi, fd, bits, &running)
    }

    /// Delivers what libcurl has read from shared sockets and kept.
    private func nudge() {
        for socket in shared.take(at: now) {
            let before = deliveries
            act(on: socket, CURL_CSELECT_IN)
            if deliveries > before { shared.stir(socket, at: now) }
        }
    }

    private func reap() {
        var code = CURLE_OK
        while let easy = unsafe ccurl_multi_next_finished(multi, &code) {
            guard let finished = unsafe Self.transfer(of: easy) else { continue }
            let outcome = finished.outcome(of: code)
            remove(ObjectIdentifier(finished.transfer))
            finished.transfer.finish(outcome)
        }
    }

    private func expire() {
        while let entry = deadlines.pop(ifDueAt: now) {
            guard let transfer = active[entry.transfer], transfer.scheduled == entry.due else { continue }
            if let error = transfer.overdue() {
                remove(entry.transfer)
                transfer.transfer.finish(.failure(error))
            } else {
                push(transfer)
            }
        }
        guard deadlines.count > 1024, deadlines.count > 4 * active.count else { return }
        deadlines.compact { active[$0.transfer]?.scheduled == $0.due }
    }

    private func push(_ transfer: ActiveTransfer) {
        transfer.scheduled = transfer.due
        deadlines.push(.init(due: transfer.due, transfer: ObjectIdentifier(transfer.transfer)))
    }

    private var waitMilliseconds: Int32 {
        guard let due = [curlDue, deadlines.next, shared.due].compactMap(\.self).min() else { return -1 }
        let wait = ContinuousClock.now.duration(to: due)
        return wait <= .zero ? 0 : Int32(min(wait.milliseconds, 60_000))
    }

    // MARK: What libcurl asks for

    private func prepare() -> Bool {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let codes = unsafe [
            ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
            ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost),
            ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumIdleConnections),
            ccurl_multi_set_callbacks(multi, Self.socketCallback, Self.timerCallback, context),
        ]
        return codes.allSatisfy { $0 == CURLM_OK }
    }

    private static let socketCallback: ccurl_socket_callback = { easy, fd, what, context, _ in
        guard let context = unsafe context else { return -1 }
        let loop = unsafe Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue()
        if what != CURL_POLL_REMOVE, unsafe transfer(of: easy)?.mayShare == true { loop.shared.watch(fd) }
        switch what {
        case CURL_POLL_IN: return loop.poll.watch(fd, reading: true, writing: false) ? 0 : -1
        case CURL_POLL_OUT: return loop.poll.watch(fd, reading: false, writing: true) ? 0 : -1
        case CURL_POLL_INOUT: return loop.poll.watch(fd, reading: true, writing: true) ? 0 : -1
        default:
            loop.shared.forget(fd)
            loop.poll.ignore(fd)
            return 0
        }
    }

    private static func transfer(of easy: UnsafeMutableRawPointer?) -> ActiveTransfer? {
        var context: UnsafeMutableRawPointer?
        guard let easy = unsafe easy, unsafe ccurl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK else {
            return nil
        }
        return unsafe ActiveTransfer.at(context)
    }

    private static let timerCallback: ccurl_timer_callback = { _, milliseconds, context in
        guard let context = unsafe context else { return -1 }
        let loop = unsafe Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue()
        loop.curlDue = milliseconds < 0 ? nil : .now.advanced(by: .milliseconds(milliseconds))
        return 0
    }
}
