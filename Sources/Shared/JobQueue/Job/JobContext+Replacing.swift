extension JobContext {
    /// Ends the task and has others take its place: who waits for the task waits for them now, and what was to follow it
    /// follows them. Celery's `Task.replace`.
    ///
    ///     return try context.replace(with: Split.canvas(.init(text: text)).then(each: parts).then(join))
    ///
    /// They are published by the step that acknowledges this task, so once. The last of them has this task's id. Ordering
    /// key, unique key and limits end with this task: those of the others are what their options say.
    ///
    /// - Parameter canvas: What to call; its result becomes the task's.
    /// - Returns: Never; by its type the compiler sees that the results fit.
    /// - Throws: Always; let the error through.
    public func replace<Output>(with canvas: Canvas<Output>) throws -> Output {
        throw Replacement(signature: canvas.signature)
    }

    /// Has a group take the task's place, and the list of its results that of the result; else as the other `replace`.
    ///
    /// - Parameter group: What to call; it needs a member.
    /// - Returns: Never.
    /// - Throws: Always; let the error through.
    public func replace<Element>(with group: CanvasGroup<Element>) throws -> [Element] {
        throw Replacement(signature: group.signature)
    }

    /// Thrown by a job that wants no outcome: the task is acknowledged, no result is stored, and nothing that was to
    /// follow it is called. Celery's `Ignore`.
    ///
    /// A state that the job set stays. A chain ends here, and a chord that the task is a part of never completes: its
    /// keys go with their life.
    public struct Ignore: Error, CustomStringConvertible {
        public init() {}
        public var description: String { "the job wants no outcome" }
    }

    /// What `replace` throws.
    package struct Replacement: Error, CustomStringConvertible {
        let signature: Signature
        package var description: String { "the job was replaced by others, but its error was caught" }
    }
}
