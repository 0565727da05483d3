package import JobQueue

/// Keeps a processor busy and heeds no cancellation: shows that the hard time limit ends it, since it has a process of
/// its own. Not among the assistant's jobs: only a worker that can start processes may have it.
package struct SpinJob: Job {
    package static let name: TaskName = "assistant.spin"
    package static let parameters = ["seconds"]
    package static let timeLimit: Duration = .seconds(60)
    package static let retry: RetryPolicy = .never
    package static let afterCrash: CrashPolicy = .dead
    package static let isolation: JobIsolation = .childProcess

    package struct Arguments: Codable, Sendable {
        /// 0 to 86,400.
        package let seconds: Double

        package init(seconds: Double) { self.seconds = seconds }
    }

    package init() {}

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> Double {
        guard (0...86_400).contains(arguments.seconds) else {
            throw RequestedFailure(message: "seconds must be from 0 to 86400")
        }
        let end = ContinuousClock.now + .seconds(arguments.seconds)
        while ContinuousClock.now < end {}
        return arguments.seconds
    }
}
