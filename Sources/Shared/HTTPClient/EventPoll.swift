import CCurl
import Glibc
import HTTP

/// An epoll set: which descriptors to wait for, and which are ready.
@safe
final class EventPoll {
    /// A descriptor something happened to, with libcurl's `CURL_CSELECT_` bits.
    struct Ready {
        let descriptor: Int32
        let bits: Int32
    }

    private let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    /// Throws `.connectFailed` if the process has no file descriptor left.
    init() throws(HTTPClientError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw HTTPClientError(code: .connectFailed, detail: "no epoll: errno \(errno)") }
    }

    deinit { Glibc.close(descriptor) }

    /// Watches a descriptor, or changes for what it is watched. False if the system refuses.
    func watch(_ descriptor: Int32, reading: Bool, writing: Bool) -> Bool {
        let interest = (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        var event = unsafe epoll_event(events: interest, data: epoll_data_t(fd: descriptor))
        return unsafe epoll_ctl(self.descriptor, EPOLL_CTL_MOD, descriptor, &event) == 0
            || epoll_ctl(self.descriptor, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// Forgets a descriptor. Fails for one that is closed already, which epoll has then forgotten by itself.
    func ignore(_ descriptor: Int32) {
        _ = epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Blocks until something is ready or the time is up; -1 waits for ever. A signal ends the wait early.
    func wait(milliseconds: Int32) -> [Ready] {
        let count = unsafe epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
        return unsafe events.prefix(max(0, Int(count))).map { event in
            let happened = unsafe event.events
            var bits: Int32 = 0
            if happened & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { bits |= CURL_CSELECT_IN }
            if happened & EPOLLOUT.rawValue != 0 { bits |= CURL_CSELECT_OUT }
            if happened & EPOLLERR.rawValue != 0 { bits |= CURL_CSELECT_ERR }
            return unsafe Ready(descriptor: event.data.fd, bits: bits)
        }
    }
}
