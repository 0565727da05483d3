import JSON
import JobQueue
import NIOConcurrencyHelpers
import Redis
import TestSupport

/// Jobs for canvases on a Cluster, in two queues whose slots are on different nodes, and a record of what ran.
struct ClusterCanvasJobs: Sendable {
    static let queues: [QueueName] = ["left", "right"]
    private let runs = NIOLockedValueBox<[String]>([])

    var all: [String] { runs.withLockedValue { $0 } }
    func count(_ prefix: String) -> Int { all.count { $0.hasPrefix(prefix) } }

    struct Add: Job {
        struct Arguments: Codable, Sendable {
            let x: Int64
            let y: Int64
        }
        static let name: TaskName = "add"
        static let parameters = ["x", "y"]
        static let queue: QueueName = "left"
        let note: @Sendable (String) -> Void
        func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
            note("add \(arguments.x) \(arguments.y)")
            return arguments.x + arguments.y
        }
    }

    struct Same: Job {
        struct Arguments: Codable, Sendable { let value: JSONValue }
        static let name: TaskName = "same"
        static let parameters = ["value"]
        static let queue: QueueName = "right"
        let note: @Sendable (String) -> Void
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            note("same \(arguments.value.text)")
            return arguments.value
        }
    }

    struct Fail: Job {
        struct Arguments: Codable, Sendable { let value: JSONValue? }
        static let name: TaskName = "fail"
        static let parameters = ["value"]
        static let queue: QueueName = "right"
        static let retry = RetryPolicy.never
        let note: @Sendable (String) -> Void
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            note("fail")
            throw TaskFailure(type: "ValueError", message: "it's bad", module: "builtins")
        }
    }

    /// Has another take its place.
    struct Swap: Job {
        struct Arguments: Codable, Sendable { let value: JSONValue }
        static let name: TaskName = "swap"
        static let parameters = ["value"]
        static let queue: QueueName = "right"
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            let steps: [Signature] = [.add(arguments.value, 5), .same()]
            return try context.replace(with: Canvas(Signature(.chain(steps)), resultOf: JSONValue.self))
        }
    }

    var registry: JobRegistry {
        let note: @Sendable (String) -> Void = { [runs] text in runs.withLockedValue { $0.append(text) } }
        var registry = JobRegistry()
        registry.register(Add(note: note))
        registry.register(Same(note: note))
        registry.register(Fail(note: note))
        registry.register(Swap())
        return registry
    }

    /// Runs `body` beside a worker on both queues.
    func work(
        _ redis: RedisClient,
        durability: Durability = .async,
        lease: Duration = .seconds(2),
        _ body: () async throws -> Void
    ) async throws {
        var configuration = WorkerConfiguration(queues: Self.queues, concurrency: 20)
        configuration.lease = lease
        configuration.beat = .milliseconds(400)
        configuration.leaseMargin = .milliseconds(500)
        let worker = JobWorker(
            configuration: configuration,
            registry: registry,
            redis: redis,
            durability: durability,
            logger: .silent
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

extension Signature {
    static func add(_ values: JSONValue..., on queue: QueueName = "left", id: String? = nil) -> Signature {
        Signature(.task("add"), arguments: values).on(queue, id)
    }
    static func same(_ values: JSONValue..., on queue: QueueName = "right", id: String? = nil) -> Signature {
        Signature(.task("same"), arguments: values).on(queue, id)
    }
    static func fail(id: String? = nil) -> Signature { Signature(.task("fail")).on("right", id) }

    private func on(_ queue: QueueName, _ id: String?) -> Signature {
        var copy = self
        copy.options["queue"] = .string(queue.rawValue)
        if let id { copy.options["task_id"] = .string(id) }
        return copy
    }

    func with(_ name: String, _ callbacks: Signature...) -> Signature {
        var copy = self
        copy.options[name] = .array(callbacks.map(\.json))
        return copy
    }
}
