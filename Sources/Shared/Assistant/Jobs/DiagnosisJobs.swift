package import JSON
package import JobQueue

/// Returns its argument: shows that a worker answers.
package struct EchoJob: Job {
    package static let name: TaskName = "assistant.echo"
    package static let parameters = ["value"]
    package static let retry: RetryPolicy = .never

    package struct Arguments: Codable, Sendable {
        package let value: JSONValue

        package init(value: JSONValue) { self.value = value }
    }

    package init() {}

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue { arguments.value }
}

/// Waits and returns how long: shows what stops, time limits and dead workers do to a job.
package struct SleepJob: Job {
    package static let name: TaskName = "assistant.sleep"
    package static let parameters = ["seconds"]
    package static let timeLimit: Duration = .seconds(90_000)
    package static let retry: RetryPolicy = .never

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
        try await Task.sleep(for: .milliseconds(Int64(arguments.seconds * 1_000)))
        return arguments.seconds
    }
}

/// Fails with its argument: shows where a failed task ends up.
package struct FailJob: Job {
    package static let name: TaskName = "assistant.fail"
    package static let parameters = ["message"]
    package static let retry: RetryPolicy = .never
    package static let storesResult = true

    package struct Arguments: Codable, Sendable {
        package let message: String

        package init(message: String) { self.message = message }
    }

    package init() {}

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        throw RequestedFailure(message: arguments.message)
    }
}

/// The failure that a caller asked for. Shows the caller's own words, so not for other errors.
struct RequestedFailure: RetryAdvising, CustomStringConvertible {
    let message: String

    var retryAdvice: RetryAdvice { .never }
    var description: String { message }
}
