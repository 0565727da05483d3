#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a process ended.
package enum ProcessEnding: Sendable, Equatable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    /// Waits for a child process and takes it from the system's table; blocks, so only a thread of its own calls it.
    package init(of processID: Int32) {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        self = signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
    }

    /// Waits until a child process has ended and leaves it in the system's table, where its number stays its own; blocks.
    package static func waitLeaving(_ processID: Int32) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
    }

    package var description: String {
        switch self {
        case .status(let status): "with status \(status)"
        case .signal(let signal): "by signal \(signal)"
        }
    }
}
