import JSON
import TestSupport

@testable import JobQueue

/// Draws canvases of any form, the same for the same seed. All tasks that are called once have ids of their own.
struct RandomCanvas {
    private var generator: SeededGenerator
    private let prefix: String
    private let retries: Bool
    private let queues: [QueueName]
    private var count = 0

    /// - Parameters:
    ///   - seed: What it comes from; part of the ids.
    ///   - retries: Whether some tasks are to succeed only at a later attempt.
    ///   - queues: Where tasks go, in turn; none for where the canvas is called.
    init(seed: UInt64, retries: Bool, queues: [QueueName] = []) {
        generator = SeededGenerator(seed: seed)
        prefix = "s\(seed)-"
        self.retries = retries
        self.queues = queues
    }

    /// - Parameter depth: How deep it may be nested.
    /// - Returns: The next canvas.
    mutating func next(depth: Int) -> Signature {
        switch depth == 0 ? 0 : Int.random(in: 0..<8, using: &generator) {
        case 0, 1: return linked(task())
        case 2, 3: return linked(Signature(.chain(members(1...4, depth - 1))))
        case 4, 5: return Signature(.group(members(0...3, depth - 1)))
        default:
            return linked(Signature(.chord(header: members(0...4, depth - 1), body: next(depth: depth - 1))))
        }
    }

    private mutating func members(_ range: ClosedRange<Int>, _ depth: Int) -> [Signature] {
        (0..<Int.random(in: range, using: &generator)).map { _ in next(depth: depth) }
    }

    private mutating func task() -> Signature {
        count += 1
        let number = JSONValue.integer(Int64.random(in: 0..<100, using: &generator))
        var signature: Signature
        switch Int.random(in: 0..<40, using: &generator) {
        case 0, 1: signature = Signature(.task("fail"), arguments: [number])
        case 2: signature = Signature(.task("nobody.knows"), arguments: [number])
        case 3: signature = Signature(.task("fold"), arguments: [number]).with(["expires": "2020-01-01T00:00:00+00:00"])
        case 4: signature = Signature(.task("same"), arguments: [number])  // too many arguments behind another
        case 5: signature = Signature(.task("fold"), arguments: [number]).with(["ignore_result": true])
        case 6, 7: signature = Signature(.task("same"))
        case 8: signature = Signature(.task("same"), arguments: ["it's \"quoted\" \\ 中文\n"], isImmutable: true)
        case 36, 37: signature = Signature(.task("become"), arguments: [number])
        case 38: signature = Signature(.task("quiet"), arguments: [number])
        case 9 where retries, 10 where retries: signature = Signature(.task("flaky"), arguments: [number])
        default: signature = Signature(.task("fold"), arguments: [number])
        }
        if Int.random(in: 0..<8, using: &generator) == 0 { signature.isImmutable = true }
        if !queues.isEmpty { signature = signature.with(["queue": .string(queues[count % queues.count].rawValue)]) }
        return signature.with(["task_id": .string("\(prefix)\(count)")])
    }

    /// With callbacks now and then. Error callbacks may be called many times, so they have no ids.
    private mutating func linked(_ signature: Signature) -> Signature {
        var signature = signature
        if Int.random(in: 0..<8, using: &generator) == 0 {
            // Behind a group it is called by each member, and side by side nobody knows by which one first.
            let ownID: JSONObject = retries ? ["task_id": .null] : [:]
            let callbacks = (0..<Int.random(in: 1...2, using: &generator)).map { _ in task().with(ownID).json }
            signature.append(callbacks, to: Signature.Option.callbacks)
        }
        if Int.random(in: 0..<5, using: &generator) == 0 {
            let callback = Signature(.task("same"), isImmutable: Bool.random(using: &generator))
            let told = callback.isImmutable ? callback.withArguments(["told"]) : callback
            signature.append([told.json], to: Signature.Option.errorCallbacks)
        }
        return signature
    }
}

extension Signature {
    fileprivate func withArguments(_ arguments: [JSONValue]) -> Signature {
        var copy = self
        copy.arguments = arguments
        return copy
    }
}

/// The jobs of such canvases, and what of them ran.
struct RandomCanvasJobs: Sendable {
    /// One number for all that it is called with, so that every value and its place count.
    struct Fold: Job {
        struct Arguments: Codable, Sendable {
            let value: JSONValue
            let number: JSONValue?
        }

        static let name: TaskName = "fold"
        static let parameters = ["value", "number"]
        static let queue: QueueName = "work"
        static let retry = RetryPolicy.never
        let record: Record

        func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
            let text = arguments.value.text + "," + (arguments.number?.text ?? "")
            record.add("fold \(text)")
            let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            return Int64(hash % 1_000_003)
        }
    }

    /// Fails the first time.
    struct Flaky: Job {
        static let name: TaskName = "flaky"
        static let parameters = ["value", "number"]
        static let queue: QueueName = "work"
        static let retry = RetryPolicy.exponential(base: .milliseconds(5), cap: .milliseconds(5), maximumRetries: 3)
        let record: Record

        func run(_ arguments: Fold.Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("flaky \(arguments.value.text),\(arguments.number?.text ?? "") \(context.attempt)")
            guard context.attempt > 1 else { throw TaskFailure(type: "ValueError", message: "flaky") }
            return arguments.value
        }
    }

    struct Fail: Job {
        static let name: TaskName = "fail"
        static let parameters = ["value", "number"]
        static let queue: QueueName = "work"
        static let retry = RetryPolicy.never
        let record: Record

        func run(_ arguments: Fold.Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("fail \(arguments.value.text),\(arguments.number?.text ?? "")")
            throw TaskFailure(type: "ValueError", message: "it's \(arguments.value.text)\n", module: "builtins")
        }
    }

    /// Others take its place, of which one may fail.
    struct Become: Job {
        static let name: TaskName = "become"
        static let parameters = ["value", "number"]
        static let queue: QueueName = "work"
        let record: Record

        func run(_ arguments: Fold.Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("become \(arguments.value.text),\(arguments.number?.text ?? "")")
            let number = arguments.number?.integer ?? arguments.value.integer ?? 0
            let members = (0...number % 3).map { Signature.task("fold", [.integer(number + $0)]) }
            let last = Signature.task(number % 7 == 0 ? "fail" : "fold", [.integer(number)])
            let form: Signature.Form =
                switch number % 4 {
                case 0: .group(members + [last])
                case 1: .chain(members + [last])
                case 2: .chord(header: members, body: last)
                default: .chain([Signature(.group(members)), last])
                }
            return try context.replace(with: Canvas(Signature(form), resultOf: JSONValue.self))
        }
    }

    /// Wants no outcome: nothing follows it.
    struct Quiet: Job {
        static let name: TaskName = "quiet"
        static let parameters = ["value", "number"]
        static let queue: QueueName = "work"
        let record: Record

        func run(_ arguments: Fold.Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("quiet \(arguments.value.text)")
            throw JobContext.Ignore()
        }
    }

    let record = Record()

    var registry: JobRegistry {
        var registry = JobRegistry()
        registry.register(Fold(record: record))
        registry.register(Flaky(record: record))
        registry.register(Fail(record: record))
        registry.register(Become(record: record))
        registry.register(Quiet(record: record))
        registry.register(CanvasJobs.Same(record: record))
        return registry
    }
}
