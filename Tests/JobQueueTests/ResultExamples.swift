// The Swift blocks of docs/jobqueue/results.md, compiled.
import JSON
import JobQueue

struct Add: Job {
    struct Arguments: Codable, Sendable {
        var x: Int
        var y: Int
    }

    static let name: TaskName = "example.add"

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int { arguments.x + arguments.y }
}

func resultExamples(_ producer: JobProducer, _ pairs: [Add.Arguments]) async throws -> (Int, [Int]) {
    let receipt = try await producer.enqueue(Add.self, .init(x: 1, y: 2))
    let handle = producer.handle(of: receipt, as: Add.self)  // costs nothing until it is asked
    let sum = try await handle.value(timeout: .seconds(10))  // Add.Output

    let receipts = try await producer.enqueue(Add.self, batch: pairs)
    let group = producer.results.group(of: receipts.map(\.taskID), as: Int.self)
    let sums = try await group.values(timeout: .seconds(60))  // in their order; the first failure ends the wait
    return (sum, sums)
}

func resultExamples(_ context: JobContext, _ kind: Int) async throws {
    try await context.setState(.progress, ["current": 3, "total": 10])

    if kind == 1 {
        throw TaskFailure(type: "ValueError", message: "no such order", module: "builtins")  // ValueError in Python
    }
    throw TaskFailure(type: "OutOfStock", message: "none left", module: "shop.errors", arguments: ["A-3", 0])
}
