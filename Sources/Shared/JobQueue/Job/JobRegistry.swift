import FoundationEssentials
import JSON

/// The jobs that a worker can run, by wire name.
public struct JobRegistry: Sendable {
    /// One job without its types. An object, since every attempt holds it.
    final class Entry: Sendable {
        let timeLimit: Duration
        let hardTimeLimit: Duration
        let progress: ProgressDeadlines
        let retry: RetryPolicy
        let afterCrash: CrashPolicy
        let maximumDeliveries: Int?
        let isolation: JobIsolation
        let streamsOutput: Bool
        let storesResult: Bool
        let resultExpires: Duration?
        let tracksStart: Bool
        /// What the job says of an error.
        let advice: @Sendable (any Error) -> RetryAdvice?
        /// Runs one attempt and returns the JSON of the output.
        let run: @Sendable (TaskMessage, JobContext) async throws -> [UInt8]

        init<J: Job>(
            _ job: J,
            run: @escaping @Sendable (TaskMessage, JobContext) async throws -> [UInt8]
        ) {
            timeLimit = J.timeLimit
            hardTimeLimit = J.hardTimeLimit
            progress = J.progress
            retry = J.retry
            afterCrash = J.afterCrash
            maximumDeliveries = J.maximumDeliveries
            isolation = J.isolation
            streamsOutput = J.streamsOutput
            storesResult = J.storesResult
            resultExpires = J.resultExpires
            tracksStart = J.tracksStart
            advice = { job.retryAdvice(for: $0) }
            self.run = run
        }

        /// Whether the caller of this task is to find its outcome.
        func storesResult(of message: TaskMessage) -> Bool { message.ignoresResult.map { !$0 } ?? storesResult }
    }

    private var entries: [TaskName: Entry] = [:]

    public init() {}

    public var names: [TaskName] { entries.keys.sorted { $0.rawValue < $1.rawValue } }

    /// Adds a job. Two jobs of one name are a mistake of the program.
    public mutating func register<J: Job>(_ job: J) {
        precondition(entries[J.name] == nil, "two jobs are named \(J.name)")
        entries[J.name] = Entry(job) { message, context in
            let arguments: J.Arguments
            do {
                arguments = try ArgumentBinding.decode(J.Arguments.self, from: message, parameters: J.parameters)
            } catch {
                throw InvalidArguments(job: J.name, reason: error)
            }
            let output = try await job.run(arguments, in: context)
            if output is NoOutput { return Array("null".utf8) }
            return try CeleryJSON.encode(output)
        }
    }

    /// Whether any job runs in a process of its own.
    var needsChildProcesses: Bool { entries.values.contains { $0.isolation == .childProcess } }

    subscript(name: TaskName) -> Entry? {
        entries[name] ?? MapJob.entry(named: name, in: self) ?? AccumulateJob.entry(named: name)
    }
}

/// Arguments that do not fit the job; another attempt cannot help.
struct InvalidArguments: RetryAdvising, CustomStringConvertible {
    let job: TaskName
    let reason: any Error

    var retryAdvice: RetryAdvice { .never }

    /// Names the argument and what was expected, never its value.
    var description: String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        switch reason {
        case DecodingError.keyNotFound(let key, _): return "\(job): argument `\(key.stringValue)` is missing"
        case DecodingError.typeMismatch(let type, let context):
            return "\(job): argument `\(path(context))` is no \(type)"
        case DecodingError.valueNotFound(_, let context): return "\(job): argument `\(path(context))` is null"
        case let binding as ArgumentBinding.Mismatch: return "\(job): \(binding)"
        default: return "\(job): the arguments cannot be read"
        }
    }
}
