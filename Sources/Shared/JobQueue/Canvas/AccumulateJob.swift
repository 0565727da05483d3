import JSON

/// The task `celery.accumulate` (celery.app.builtins): has its positional arguments for a result, or one of them. With it
/// a group becomes something that ends with one task.
enum AccumulateJob {
    private static let name: TaskName = "celery.accumulate"

    /// Called with the results of a group, it has them for a result.
    static let signature = Signature(.task(name), keywordArguments: ["index": 0])

    /// Its entry; nil for other names.
    static func entry(named name: TaskName) -> JobRegistry.Entry? {
        guard name == self.name else { return nil }
        return JobRegistry.Entry(Policy()) { message, _ in
            let arguments = try JSONValue(parsing: Array(message.body[message.arguments])).array ?? []
            let index = try JSONValue(parsing: Array(message.body[message.keywordArguments]))["index"]
            guard let index, !index.isNull else { return JSONValue.array(arguments).bytes }
            guard let place = index.integer.map({ Int($0) }), arguments.indices.contains(place) else {
                throw TaskFailure(type: "IndexError", message: "list index out of range", module: "builtins")
            }
            return arguments[place].bytes
        }
    }

    /// How such tasks are judged.
    private struct Policy: Job {
        static let name = AccumulateJob.name
        static let retry = RetryPolicy.never
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> JSONValue {
            preconditionFailure("its entry runs other code")
        }
    }
}
