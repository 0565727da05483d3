import JSON
import JobQueue

/// A task's message as the API shows it.
enum MessageView {
    static let schema = Schemas.shown([
        "id": Schemas.orNull("string"), "task": Schemas.orNull("string"), "eta": Schemas.orNull("string"),
        "retries": Schemas.orNull("integer"), "bytes": Schemas.of("integer"), "body_form": Schemas.orNull("string"),
        "body_ref": Schemas.orNull("string"), "problem": Schemas.orNull("string"), "args": Schemas.orNull("string"),
        "kwargs": Schemas.orNull("string"),
    ])

    /// - Parameters:
    ///   - message: The message.
    ///   - withContents: Whether what the task carries is shown, which may be what somebody wrote.
    /// - Returns: What `schema` describes.
    static func of(_ message: QueuedMessage, withContents: Bool) -> JSONObject {
        [
            "id": message.id.json, "task": message.task.json, "eta": message.eta.json,
            "retries": message.retries.map { .integer($0) } ?? .null, "bytes": .integer(Int64(message.bytes)),
            "body_form": message.bodyForm.json, "body_ref": message.bodyReference.json,
            "problem": message.problem.json, "args": withContents ? message.args.json : .null,
            "kwargs": withContents ? message.kwargs.json : .null,
        ]
    }
}
