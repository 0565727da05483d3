import JSON

/// The tasks `celery.map` and `celery.starmap` (celery.app.builtins): one task that runs the job of another once per item
/// of a list, one after the other, and has the list of their results.
///
/// An item that fails fails the whole. A second attempt runs all items again; their steps are kept apart.
enum MapJob {
    /// What Celery calls them.
    private static let names: [TaskName: Bool] = ["celery.map": false, "celery.starmap": true]

    static let allNames = Set(names.keys)

    /// The entry for one of the two names; nil for others.
    static func entry(named name: TaskName, in registry: JobRegistry) -> JobRegistry.Entry? {
        guard let spreads = names[name] else { return nil }
        return JobRegistry.Entry(Policy()) { message, context in
            try await run(message, context, spreads: spreads, in: registry)
        }
    }

    private static func run(
        _ message: TaskMessage,
        _ context: JobContext,
        spreads: Bool,
        in registry: JobRegistry
    ) async throws -> [UInt8] {
        let arguments = try JSONValue(parsing: Array(message.body[message.keywordArguments]))
        guard let task = arguments["task"], let items = arguments["it"]?.array,
            let signature = try? Signature(json: task), case .task(let name, _) = signature.form
        else { throw TaskFailure(type: "InvalidArguments", message: "\(message.name): no task and list of items") }
        guard let job = registry[name], !allNames.contains(name) else { throw TaskFailure.notRegistered(name) }
        var output: [UInt8] = [UInt8(ascii: "[")]
        for (index, item) in items.enumerated() {
            try Task.checkCancellation()
            let positional = (spreads ? item.array ?? [] : [item]) + signature.arguments
            let body = JSONValue.array([.array(positional), .object(signature.keywordArguments), .null]).bytes
            if index > 0 { output += Array(", ".utf8) }
            output += try await job.run(try message.carrying(body), context.part(index))
        }
        output.append(UInt8(ascii: "]"))
        return output
    }

    /// How such tasks are judged.
    private struct Policy: Job {
        static let name: TaskName = "celery.map"
        static let retry = RetryPolicy.never
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> JSONValue {
            preconditionFailure("its entry runs other code")
        }
    }
}
