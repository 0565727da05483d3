import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How much of its machine the process has left for more jobs.
struct ProcessLoad: Sendable, Equatable {
    /// How long code that could run waited for a thread of Swift's pool: what every job and every step of the worker waits,
    /// too. Jobs that compute or block make it grow, jobs that wait do not.
    var delay: Duration = .zero
    /// Which part of the memory that the process may have is in use; nil where nobody limits it.
    var memory: Double?

    /// A delay that people notice in what they wait for.
    private static let mostDelay: Duration = .milliseconds(100)
    /// Beyond the first no places are added, beyond the second some are taken away.
    private static let muchMemory = 0.8
    private static let mostMemory = 0.9

    var isOverloaded: Bool { delay > Self.mostDelay || memory ?? 0 > Self.mostMemory }
    /// Whether more jobs may be begun: half of what is too much is enough not to.
    var hasRoom: Bool { delay <= Self.mostDelay / 2 && memory ?? 0 <= Self.muchMemory }

    /// Measures this process, now. Reads two files that the kernel makes of what it has in memory.
    static func measured() async -> ProcessLoad {
        let begun = ContinuousClock.now
        // A task of the pool's own: the one that asks may be resumed ahead of others.
        let started = await Task.detached { ContinuousClock.now }.value
        return ProcessLoad(delay: started - begun, memory: memory())
    }

    /// Of the limit of the control group, version 2 (kernel.org, cgroup-v2: `memory.max`; proc(5): `statm`).
    private static func memory() -> Double? {
        guard let limit = number(in: "/sys/fs/cgroup/memory.max", at: 0), limit > 0,
            let pages = number(in: "/proc/self/statm", at: 1)
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / limit
    }

    private static func number(in path: String, at index: Int) -> Double? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.indices.contains(index) ? Double(words[index]) : nil
    }
}
