import Glibc

/// The file in which jobs leave one line each, for the harness to read. Whole lines, whoever writes at the same time.
struct Journal: Sendable {
    private let descriptor: Int32

    /// Opens the file at `path`, or none: then notes are lost.
    init(path: String?) {
        descriptor = path.map { open($0, O_WRONLY | O_APPEND | O_CREAT, 0o600) } ?? -1
    }

    /// The monotonic clock that all processes of this machine share, in nanoseconds.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    func note(_ number: Int) {
        let line = Array("\(number)\n".utf8)
        _ = write(descriptor, line, line.count)
    }
}
