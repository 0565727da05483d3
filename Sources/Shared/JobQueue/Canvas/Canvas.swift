import JSON

/// A task that is still to be called, or many in some order, with the type of the result. `JobProducer.call` and
/// `JobContext.call` call it.
///
///     let canvas = try CanvasGroup(pages.map { try Fetch.canvas(.init(page: $0)) })
///         .then(Merge.partial(\.texts, .init(texts: [], title: "Weekly")))
///         .onFailure(Tell.partial(\.task, .init(task: "")))
///
/// On the wire it is what Celery makes of its own chains, groups and chords, so parts of it may run in Python.
public struct Canvas<Output: Sendable>: Sendable {
    /// Its form on the wire.
    public let signature: Signature

    init(_ signature: Signature) { self.signature = signature }

    /// A canvas of tasks in another language, by its wire form; nobody checks that its result is of this type.
    public init(_ signature: Signature, resultOf type: Output.Type) { self.signature = signature }

    /// One after the other: the next is called with this result.
    public func then<Next>(_ next: PartialTask<Output, Next>) -> Canvas<Next> {
        Canvas<Next>(signature.followed(by: next.signature))
    }

    /// One after the other, where the next does without this result.
    public func then<Next>(_ next: Canvas<Next>) -> Canvas<Next> {
        Canvas<Next>(signature.followed(by: next.signature.ignoringResult))
    }

    /// Several side by side, each called with this result.
    public func then<Element>(each members: [PartialTask<Output, Element>]) -> CanvasGroup<Element> {
        CanvasGroup(signature.followed(by: Signature(.group(members.map(\.signature)))))
    }

    /// Calls a task with the result, beside what follows in a chain.
    public func onSuccess<Next>(_ callback: PartialTask<Output, Next>) -> Canvas<Output> {
        Canvas(signature.linked(callback.signature.json, Signature.Option.callbacks))
    }

    /// With marks that all its tasks carry, by name, each with its values (Celery's `stamp`). What a callback of a
    /// callback does is not marked.
    public func stamped(_ stamps: [String: [String]]) -> Canvas<Output> { Canvas(signature.stamped(stamps)) }

    /// Calls a task with the id of the task that fails. What follows in a chain fails with it.
    public func onFailure<Next>(_ callback: PartialTask<TaskID, Next>) -> Canvas<Output> {
        Canvas(signature.linked(callback.signature.json, Signature.Option.errorCallbacks))
    }
}

/// Canvases that are called side by side. Its result is the list of theirs, in their order.
public struct CanvasGroup<Element: Sendable>: Sendable {
    /// Its form on the wire.
    public let signature: Signature

    init(_ signature: Signature) { self.signature = signature }

    public init(_ members: [Canvas<Element>]) { signature = Signature(.group(members.map(\.signature))) }

    /// Calls a task with the list of all results once all are there: Celery's chord. It fails where one of them does.
    public func then<Next>(_ body: PartialTask<[Element], Next>) -> Canvas<Next> {
        Canvas<Next>(signature.followed(by: body.signature))
    }

    /// Calls a canvas once all have succeeded, without their results.
    public func then<Next>(_ body: Canvas<Next>) -> Canvas<Next> {
        Canvas<Next>(signature.followed(by: body.signature.ignoringResult))
    }

    /// With marks; as those of a `Canvas`.
    public func stamped(_ stamps: [String: [String]]) -> CanvasGroup<Element> {
        CanvasGroup(signature.stamped(stamps))
    }

    /// Calls a task with the id of each task that fails.
    public func onFailure<Next>(_ callback: PartialTask<TaskID, Next>) -> CanvasGroup<Element> {
        CanvasGroup(signature.linked(callback.signature.json, Signature.Option.errorCallbacks))
    }
}

/// A task that is called with the result of another one.
public struct PartialTask<Input: Sendable, Output: Sendable>: Sendable {
    let signature: Signature

    init(_ signature: Signature) { self.signature = signature }

    /// A task in another language: called with the result before its own arguments.
    public init(_ signature: Signature, from input: Input.Type, to output: Output.Type) { self.signature = signature }
}
