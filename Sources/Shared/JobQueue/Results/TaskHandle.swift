public import JSON

/// Leads to the result of one task: Celery's `AsyncResult`. A value that costs nothing until it is asked.
public struct TaskHandle<Output: Decodable & Sendable>: Sendable {
    let reference: ResultReference
    let store: ResultStore

    public var id: TaskID { reference.id }

    /// Made by ``ResultStore/handle(of:as:)`` and by what enqueues.
    package init(_ reference: ResultReference, in store: ResultStore) {
        self.reference = reference
        self.store = store
    }

    /// The same task, its value as another type.
    public func with<Other: Decodable & Sendable>(_ type: Other.Type) -> TaskHandle<Other> {
        TaskHandle<Other>(reference, in: store)
    }

    /// What is stored of it now; `.pending` where nothing is, also for a task that stores no result.
    ///
    /// - Throws: `JobQueueError`: `.unavailable`, `.unreadableResult`.
    public func state() async throws(JobQueueError) -> ResultState { try await store.states(of: [id])[0] }

    /// Waits until it has ended, and returns what it returned.
    ///
    /// Redis wakes whoever waits; nothing is polled. Many may wait at once, for the same task or others, on one
    /// connection for all. A task that stores no result is waited for in vain.
    ///
    /// - Parameter timeout: How long to wait; zero for a single look.
    /// - Returns: The value, decoded.
    /// - Throws: `TaskFailedError`; `TaskRevokedError`; `JobQueueError`: `.resultTimeout`, `.resultForgotten` where it
    ///   went while it was waited for, `.unreadableResult`, `.unavailable` where Redis could not be asked in that time;
    ///   `CancellationError`.
    public func value(timeout: Duration) async throws -> Output {
        try await end(timeout: timeout).outcome(of: id, as: Output.self)
    }

    /// Waits until it has ended, however it did: Celery's `get(propagate=False)`.
    ///
    /// - Parameter timeout: As for ``value(timeout:)``.
    /// - Returns: Its last state.
    /// - Throws: `JobQueueError` and `CancellationError`, as ``value(timeout:)``.
    public func end(timeout: Duration) async throws -> ResultState {
        let deadline = ContinuousClock.now + timeout
        let wait = ResultWait([id], in: store)
        while true {
            if let last = try await wait.next(until: deadline).last(where: { $0.state.isFinal }) { return last.state }
        }
    }

    /// Its states as they change, up to the last: what a job tells of itself (`JobContext.setState`), and its end.
    ///
    /// States that follow each other quickly may be left out, the last never is.
    ///
    /// - Parameter timeout: How long it may take in all.
    /// - Returns: The states; nothing is read before they are iterated.
    public func updates(timeout: Duration) -> ResultUpdates { ResultUpdates(id: id, store: store, timeout: timeout) }

    /// Removes the result. Whoever waits for it waits in vain.
    ///
    /// - Throws: `JobQueueError(.unavailable)`.
    public func forget() async throws(JobQueueError) { try await store.forget([store.source.names.result(of: id)]) }

    // MARK: Relations

    /// What it has led to so far: the tasks and groups that follow from it.
    ///
    /// - Throws: As ``state()``.
    public func children() async throws(JobQueueError) -> [ResultNode] {
        try await state().children.map { ResultNode($0, in: store) }
    }

    /// The task that it follows from; nil where it has none, or none is known.
    ///
    /// - Throws: As ``state()``.
    public func parent() async throws(JobQueueError) -> TaskHandle<JSONValue>? {
        if let parent = reference.parent, parent.members == nil { return TaskHandle<JSONValue>(parent, in: store) }
        return try await state().parentID.map { TaskHandle<JSONValue>(ResultReference($0), in: store) }
    }

    /// All that follows from it as far as that is stored, level by level: Celery's `iterdeps` without its exception.
    ///
    /// - Parameter limit: The most that are looked at.
    /// - Returns: The tasks and groups, each after the one that it follows from; not this one.
    /// - Throws: As ``state()``.
    public func descendants(limit: Int = 10_000) async throws(JobQueueError) -> [ResultNode] {
        var found: [ResultNode] = []
        var seen: Set<TaskID> = [id]
        var level = [id]
        while !level.isEmpty, found.count < limit {
            var next: [TaskID] = []
            for child in try await store.states(of: level).flatMap(\.children) where seen.insert(child.id).inserted {
                found.append(ResultNode(child, in: store))
                for task in child.tasks where child.members == nil || seen.insert(task).inserted { next.append(task) }
                if found.count == limit { break }
            }
            level = Array(next.prefix(limit))
        }
        return found
    }
}

/// A result that another one refers to.
public enum ResultNode: Sendable {
    case task(TaskHandle<JSONValue>)
    case group(GroupHandle<JSONValue>)

    init(_ reference: ResultReference, in store: ResultStore) {
        self =
            reference.members == nil
            ? .task(TaskHandle(reference, in: store)) : .group(GroupHandle(reference, in: store))
    }

    /// Of the task, or of the group.
    public var id: TaskID {
        switch self {
        case .task(let task): task.id
        case .group(let group): group.id
        }
    }
}
