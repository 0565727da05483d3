import Platform
import Processes

/// When a worker process that ended is started again.
struct RestartPolicy: Sendable, Equatable {
    /// The wait before the first start anew; it doubles with each process that ended soon.
    var shortest: Duration = .milliseconds(100)
    var longest: Duration = .seconds(30)
    /// A process that lived this long began well: whatever ended it, the waits begin anew.
    var proven: Duration = .seconds(10)
    /// How many processes in a row may end soon with `ExitStatus.usage`, which no repetition heals.
    var usageFailures = 3
    /// How many in a row may end soon with `ExitStatus.failed` before they were registered with their queues. Whatever
    /// keeps them from it, such as a Redis that may evict tasks, is told better by the end of all: after about a minute.
    var failedStarts = 10
}

/// What became of the processes that one place had, one after the other.
struct RestartHistory: Sendable, Equatable {
    /// Those in a row that ended soon.
    private(set) var failures = 0
    /// Those of them in a row that ended for a wrong configuration.
    private(set) var usageFailures = 0
    /// Those of them in a row that ended with an error before they took part.
    private(set) var failedStarts = 0

    /// Notes an end.
    ///
    /// - Parameters:
    ///   - ending: How the process ended.
    ///   - life: How long it had lived.
    ///   - wasRegistered: Whether it was registered with its queues.
    ///   - policy: The policy.
    ///   - chance: A random number from 0 to 1, so that processes that ended together do not start together.
    /// - Returns: How long to wait before the next start: the bound, or down to half of it.
    mutating func wait(
        after ending: ProcessEnding,
        of life: Duration,
        wasRegistered: Bool,
        _ policy: RestartPolicy,
        chance: Double
    ) -> Duration {
        if life >= policy.proven { self = RestartHistory() }
        failures += 1
        usageFailures = ending == .status(ExitStatus.usage.rawValue) && life < policy.proven ? usageFailures + 1 : 0
        failedStarts = ending == .status(ExitStatus.failed.rawValue) && !wasRegistered ? failedStarts + 1 : 0
        // The exponent is bounded so that the product is, too.
        let bound = min(policy.longest, policy.shortest * (1 << min(failures - 1, 20)))
        return bound * (0.5 + 0.5 * min(max(chance, 0), 1))
    }

    /// How the program is to end where another start would be of no use; nil where it may be of some.
    func verdict(_ policy: RestartPolicy) -> ExitStatus? {
        if usageFailures >= policy.usageFailures { return .usage }
        return failedStarts >= policy.failedStarts ? .failed : nil
    }
}
