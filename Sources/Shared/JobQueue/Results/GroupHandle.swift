/// Leads to the results of the members of a group: Celery's `GroupResult`.
///
/// ``members`` are its tasks, with those of groups in the group among them, in their order; ``nested`` and
/// ``values(as:timeout:)`` keep the groups apart.
public struct GroupHandle<Output: Decodable & Sendable>: Sendable {
    let reference: ResultReference
    let store: ResultStore
    public let members: [TaskHandle<Output>]

    public var id: TaskID { reference.id }

    /// Made by ``ResultStore/group(_:of:as:)`` and by what enqueues.
    package init(_ reference: ResultReference, in store: ResultStore) {
        self.reference = reference
        self.store = store
        members = reference.tasks.map { TaskHandle(ResultReference($0), in: store) }
    }

    /// Waits until all members have ended, and returns what they returned, in their order. The first that fails ends
    /// the wait.
    ///
    /// - Parameter timeout: How long to wait for all of them together.
    /// - Returns: Their values.
    /// - Throws: As `TaskHandle.value(timeout:)`.
    public func values(timeout: Duration) async throws -> [Output] {
        var values: [Output?] = Array(repeating: nil, count: members.count)
        try await wait(timeout) { index, state in
            values[index] = try state.outcome(of: members[index].id, as: Output.self)
        }
        return values.compactMap { $0 }
    }

    /// Waits until all members have ended, and returns how each did, in their order.
    ///
    /// - Parameter timeout: As for ``values(timeout:)``.
    /// - Returns: Their values and errors.
    /// - Throws: `JobQueueError` and `CancellationError`, as `TaskHandle.value(timeout:)`.
    public func outcomes(timeout: Duration) async throws -> [Result<Output, any Error>] {
        var outcomes: [Result<Output, any Error>?] = Array(repeating: nil, count: members.count)
        try await wait(timeout) { index, state in
            outcomes[index] = Result { try state.outcome(of: members[index].id, as: Output.self) }
        }
        return outcomes.compactMap { $0 }
    }

    func wait(_ timeout: Duration, _ body: (Int, ResultState) throws -> Void) async throws {
        let deadline = ContinuousClock.now + timeout
        let wait = ResultWait(members.map(\.id), in: store)
        var left = Set(members.indices)
        while !left.isEmpty {
            for (index, state) in try await wait.next(until: deadline) where state.isFinal {
                if left.remove(index) != nil { try body(index, state) }
            }
        }
    }

    /// What is stored of the members now, in their order.
    ///
    /// - Throws: As `TaskHandle.state()`.
    public func states() async throws(JobQueueError) -> [ResultState] {
        try await store.states(of: members.map(\.id))
    }

    /// How many members have ended so far, and how.
    ///
    /// - Throws: As `TaskHandle.state()`.
    public func counts() async throws(JobQueueError) -> GroupCounts { GroupCounts(try await states()) }

    /// Removes the results of all members, and the group where it is saved.
    ///
    /// - Throws: `JobQueueError(.unavailable)`.
    public func forget() async throws(JobQueueError) {
        try await store.forget(
            members.map { store.source.names.result(of: $0.id) } + [store.source.names.group(id.rawValue)]
        )
    }

    /// Stores who the members are under the group's id, for a day where the store says nothing else: for
    /// ``ResultStore/savedGroup(_:as:)``, and `GroupResult.restore` in Python.
    ///
    /// - Throws: `JobQueueError(.unavailable)`.
    public func save() async throws(JobQueueError) { try await store.save(reference) }
}

/// How far the members of a group are.
public struct GroupCounts: Sendable, Hashable {
    public let total: Int
    public let succeeded: Int
    public let failed: Int
    public let revoked: Int

    init(_ states: [ResultState]) {
        total = states.count
        succeeded = states.count { $0.status == .success }
        failed = states.count { $0.status == .failure }
        revoked = states.count { $0.status == .revoked }
    }

    /// How many have ended in whatever way.
    public var ended: Int { succeeded + failed + revoked }
    /// How many have not.
    public var waiting: Int { total - ended }
    public var isReady: Bool { waiting == 0 }
}
