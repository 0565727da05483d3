import JSON

/// What follows a task, as its message says: the third part of a body (celery.app.amqp, `as_task_v2`).
///
/// An object, since messages are copied often and few have one.
final class Workflow: Sendable {
    /// Called with the result.
    let callbacks: [Signature]
    /// Called with the id of the task where it fails.
    let errorCallbacks: [Signature]
    /// The rest of the chain, the next one last.
    let rest: [Signature]
    /// The body of the chord that the task is a part of.
    let body: Signature?

    /// Of a task that nothing follows.
    static let none = Workflow()

    private init() {
        (callbacks, errorCallbacks, rest, body) = ([], [], [], nil)
    }

    /// Reads an `embed`.
    ///
    /// - Throws: `UnreadableSignature`.
    init(json: JSONValue) throws(UnreadableSignature) {
        func list(_ name: String) throws(UnreadableSignature) -> [Signature] {
            guard let value = json.object?.given(name) else { return [] }
            return try Signature.list(value.array ?? [value])
        }
        callbacks = try list("callbacks")
        errorCallbacks = try list("errbacks")
        rest = try list("chain")
        body = if let chord = json.object?.given("chord") { try Signature(json: chord) } else { nil }
    }

    /// Whether anything follows.
    var isEmpty: Bool { callbacks.isEmpty && errorCallbacks.isEmpty && rest.isEmpty && body == nil }
}
