import JSON
import JobQueue
import TestSupport

@testable import JobQueue

/// Jobs for canvases: sums and products, failures, and a record of what ran.
struct CanvasJobs: Sendable {
    let record = Record()

    struct Pair: Codable, Sendable {
        let x: Int64
        let y: Int64
    }

    struct Add: Job {
        static let name: TaskName = "add"
        static let parameters = ["x", "y"]
        static let queue: QueueName = "work"
        let record: Record
        func run(_ arguments: Pair, in context: JobContext) async throws -> Int64 {
            record.add("add \(arguments.x) \(arguments.y)")
            return arguments.x + arguments.y
        }
    }

    struct Total: Job {
        static let name: TaskName = "total"
        static let parameters = ["values"]
        static let queue: QueueName = "work"
        struct Arguments: Codable, Sendable { let values: [Int64] }
        let record: Record
        func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
            record.add("total \(arguments.values)")
            return arguments.values.reduce(0, +)
        }
    }

    struct Same: Job {
        static let name: TaskName = "same"
        static let parameters = ["value"]
        static let queue: QueueName = "work"
        struct Arguments: Codable, Sendable { let value: JSONValue }
        let record: Record
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("same \(arguments.value.text)")
            return arguments.value
        }
    }

    struct Fail: Job {
        static let name: TaskName = "fail"
        static let parameters = ["value"]
        static let queue: QueueName = "work"
        static let retry = RetryPolicy.never
        struct Arguments: Codable, Sendable { let value: JSONValue? }
        let record: Record
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("fail")
            throw TaskFailure(type: "ValueError", message: "it's bad", module: "builtins")
        }
    }

    var registry: JobRegistry {
        var registry = JobRegistry()
        registry.register(Add(record: record))
        registry.register(Total(record: record))
        registry.register(Same(record: record))
        registry.register(Fail(record: record))
        return registry
    }
}

extension Signature {
    static func add(_ values: JSONValue...) -> Signature { Signature(.task("add"), arguments: values) }
    static let total = Signature(.task("total"))
    static let same = Signature(.task("same"))
    static let fail = Signature(.task("fail"))

    func with(_ options: JSONObject) -> Signature {
        var copy = self
        copy.options = copy.options.merging(options)
        return copy
    }

    var immutable: Signature {
        var copy = self
        copy.isImmutable = true
        return copy
    }
}

extension QueueFixture {
    /// Calls a canvas and waits for its last task.
    func outcome(of signature: Signature) async throws -> JSONValue {
        let receipt = try await producer.call(signature, queue: queue)
        return try await final(receipt.resultID)
    }

    /// The state of a task once it is final.
    func final(_ id: TaskID) async throws -> JSONValue {
        try await eventually("the end of \(id)") {
            ["SUCCESS", "FAILURE", "REVOKED"].contains(try await result(id)?["status"]?.string)
        }
        return try await result(id) ?? .null
    }
}
