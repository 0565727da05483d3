import Glibc
import JSON
import JobQueue

/// Results stay small however often they are folded: numbers are taken modulo this prime.
private let prime: Int64 = 1_000_003

/// A job of this program: tried once, and every run of it is noted.
protocol CanvasJob: Job {
    var traces: Traces { get }
}

extension CanvasJob {
    static var queue: QueueName { "canvas" }
    static var retry: RetryPolicy { .never }
}

/// Two numbers.
struct Operands: Codable, Sendable {
    let x: Int64
    let y: Int64
}

/// Anything.
struct Value: Codable, Sendable {
    let value: JSONValue
}

struct Add: CanvasJob {
    static let name: TaskName = "canvas.add"
    static let parameters = ["x", "y"]
    let traces: Traces

    func run(_ arguments: Operands, in context: JobContext) async throws -> Int64 {
        try await traces.run(context)
        return arguments.x + arguments.y
    }
}

struct Multiply: CanvasJob {
    static let name: TaskName = "canvas.mul"
    static let parameters = ["x", "y"]
    let traces: Traces

    func run(_ arguments: Operands, in context: JobContext) async throws -> Int64 {
        try await traces.run(context)
        return arguments.x * arguments.y % prime
    }
}

struct Total: CanvasJob {
    struct Arguments: Codable, Sendable { let values: [Int64] }

    static let name: TaskName = "canvas.total"
    static let parameters = ["values"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
        try await traces.run(context)
        return arguments.values.reduce(0, +)
    }
}

struct Identity: CanvasJob {
    static let name: TaskName = "canvas.identity"
    static let parameters = ["value"]
    let traces: Traces

    func run(_ arguments: Value, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        return arguments.value
    }
}

/// One number for a value of any structure: the order of its numbers and its brackets count.
struct Fold: CanvasJob {
    struct Arguments: Codable, Sendable {
        let value: JSONValue
        let number: Int64
    }

    static let name: TaskName = "canvas.fold"
    static let parameters = ["value", "number"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
        try await traces.run(context)
        return try Self.numbers(arguments.value).reduce(arguments.number) { ($0 * 31 + $1) % prime }
    }

    private static func numbers(_ value: JSONValue) throws -> [Int64] {
        switch value {
        case .array(let elements): try [17] + elements.flatMap(numbers) + [19]
        case .null: [23]
        case .integer(let number): [number]
        default: throw TaskFailure(type: "TypeError", message: "no number", module: "builtins")
        }
    }
}

struct Fail: CanvasJob {
    struct Arguments: Codable, Sendable {
        let value: JSONValue
        let message: String
    }

    static let name: TaskName = "canvas.fail"
    static let parameters = ["value", "message"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        throw TaskFailure(type: "ValueError", message: arguments.message, module: "builtins")
    }
}

/// Is tried again so many times, then returns its value.
struct Flaky: CanvasJob {
    struct Arguments: Codable, Sendable {
        let value: JSONValue
        let times: Int
    }

    static let name: TaskName = "canvas.flaky"
    static let parameters = ["value", "times"]
    static let retry = RetryPolicy.exponential(base: .milliseconds(20), cap: .milliseconds(20), maximumRetries: 10)
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        guard context.attempt > arguments.times else {
            throw TaskFailure(type: "ValueError", message: "flaky", module: "builtins")
        }
        return arguments.value
    }
}

struct Sleepy: CanvasJob {
    struct Arguments: Codable, Sendable {
        let value: JSONValue
        let milliseconds: Int
    }

    static let name: TaskName = "canvas.sleepy"
    static let parameters = ["value", "milliseconds"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        try await Task.sleep(for: .milliseconds(arguments.milliseconds))
        return arguments.value
    }
}

/// Its process dies the first time, and with it whatever else runs there.
struct Kill: CanvasJob {
    static let name: TaskName = "canvas.kill"
    static let parameters = ["value"]
    let traces: Traces

    func run(_ arguments: Value, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        if try await traces.mayDie(context) { kill(getpid(), SIGKILL) }
        return arguments.value
    }
}

/// Has others take its place, whose result is a number or a list of them.
struct Become: CanvasJob {
    enum Form: String, Codable, Sendable { case task, chain, chord, flaky, again, group }
    struct Arguments: Codable, Sendable {
        let value: Int64
        let form: Form
    }

    static let name: TaskName = "canvas.become"
    static let parameters = ["value", "form"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        let value = arguments.value
        let sums = CanvasGroup([
            try Add.canvas(Operands(x: value, y: 1)), try Add.canvas(Operands(x: value, y: 2)),
        ])
        let canvas: Signature
        switch arguments.form {
        case .task: canvas = try Add.canvas(Operands(x: value, y: 1)).signature
        case .chain:
            let product = try Multiply.partial(\.x, Operands(x: 0, y: 2))
            canvas = try Add.canvas(Operands(x: value, y: 1)).then(product).signature
        case .chord: canvas = sums.then(try Total.partial(\.values, Total.Arguments(values: []))).signature
        case .flaky:
            canvas = try Flaky.canvas(Flaky.Arguments(value: .integer(value), times: 1)).signature
        case .again: canvas = try Become.canvas(Arguments(value: value + 1, form: .chain)).signature
        case .group: canvas = sums.signature
        }
        return try context.replace(with: Canvas(canvas, resultOf: JSONValue.self))
    }
}

/// Ends without an outcome.
struct Ignored: CanvasJob {
    static let name: TaskName = "canvas.ignore"
    static let parameters = ["value"]
    let traces: Traces

    func run(_ arguments: Value, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        throw JobContext.Ignore()
    }
}

/// A callback: passes its value on and counts.
struct Note: CanvasJob {
    static let name: TaskName = "canvas.note"
    static let parameters = ["value"]
    let traces: Traces

    func run(_ arguments: Value, in context: JobContext) async throws -> JSONValue {
        try await traces.run(context)
        try await traces.effect(context)
        return arguments.value
    }
}

/// An error callback: returns whose failure it was told.
struct NoteError: CanvasJob {
    struct Arguments: Codable, Sendable {
        let failedID: String

        enum CodingKeys: String, CodingKey {
            case failedID = "failed_id"
        }
    }

    static let name: TaskName = "canvas.note_error"
    static let parameters = ["failed_id"]
    let traces: Traces

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        try await traces.run(context)
        try await traces.effect(context)
        try await traces.told(arguments.failedID)
        return arguments.failedID
    }
}

extension JobRegistry {
    /// All jobs of this program.
    static func canvas(_ traces: Traces) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Add(traces: traces))
        registry.register(Multiply(traces: traces))
        registry.register(Total(traces: traces))
        registry.register(Identity(traces: traces))
        registry.register(Fold(traces: traces))
        registry.register(Fail(traces: traces))
        registry.register(Flaky(traces: traces))
        registry.register(Sleepy(traces: traces))
        registry.register(Kill(traces: traces))
        registry.register(Become(traces: traces))
        registry.register(Ignored(traces: traces))
        registry.register(Note(traces: traces))
        registry.register(NoteError(traces: traces))
        return registry
    }
}
