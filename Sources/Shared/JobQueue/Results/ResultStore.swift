import JSON
public import Redis

/// The results of tasks, ours and those of Python workers, as programs read them.
///
/// `JobProducer.results` and `JobContext.results` are one; a program that only reads makes its own.
public struct ResultStore: Sendable {
    let source: any ResultSource
    let payload: (any PayloadCoding)?
    private let life: Duration

    /// - Parameters:
    ///   - redis: The client; whoever made it runs it. All who wait share one connection of it.
    ///   - payload: What decrypts results; the one of the workers.
    ///   - groupExpires: How long a saved group is kept; zero for ever.
    public init(
        redis: RedisClient,
        payload: (any PayloadCoding)? = nil,
        groupExpires: Duration = .seconds(86_400)
    ) {
        self.init(source: RedisResultSource(redis: redis), payload: payload, life: groupExpires)
    }

    package init(source: any ResultSource, payload: (any PayloadCoding)?, life: Duration = .seconds(86_400)) {
        self.source = source
        self.payload = payload
        self.life = life
    }

    // MARK: What to read

    /// What leads to the result of a task.
    ///
    /// - Parameters:
    ///   - id: The task, whoever enqueued it and whoever runs it.
    ///   - type: What its value decodes to; `JSONValue` where anything may come.
    /// - Returns: The handle; nothing is read before it is asked.
    public func handle<Output: Decodable & Sendable>(
        of id: TaskID,
        as type: Output.Type = Output.self
    ) -> TaskHandle<Output> {
        TaskHandle(ResultReference(id), in: self)
    }

    /// What leads to the results of some tasks, as a group with an id of its own.
    public func group<Output: Decodable & Sendable>(
        _ id: TaskID = .random(),
        of members: [TaskID],
        as type: Output.Type = Output.self
    ) -> GroupHandle<Output> {
        GroupHandle(ResultReference(id, members: members.map { ResultReference($0) }), in: self)
    }

    /// A group that somebody saved: `GroupHandle.save`, or `GroupResult.save` in Python.
    ///
    /// - Returns: Nil where there is none of this id, or not any more.
    /// - Throws: `JobQueueError`: `.unavailable`, `.unreadableResult`.
    public func savedGroup<Output: Decodable & Sendable>(
        _ id: TaskID,
        as type: Output.Type = Output.self
    ) async throws(JobQueueError) -> GroupHandle<Output>? {
        guard let text = try await texts(under: [source.names.group(id.rawValue)])[0] else { return nil }
        guard let json = try? JSONValue(parsing: text)["result"], let reference = ResultReference(json),
            reference.members != nil
        else { throw JobQueueError(.unreadableResult, task: nil, cause: nil) }
        return GroupHandle(reference, in: self)
    }

    // MARK: For the handles

    /// What is stored of these tasks now.
    func states(of ids: [TaskID]) async throws(JobQueueError) -> [ResultState] {
        let texts = try await texts(under: ids.map { source.names.result(of: $0) })
        var states: [ResultState] = []
        states.reserveCapacity(ids.count)
        for (id, text) in zip(ids, texts) {
            states.append(try text.map { text throws(JobQueueError) in try state(text, of: id) } ?? .pending)
        }
        return states
    }

    func state(_ text: [UInt8], of id: TaskID) throws(JobQueueError) -> ResultState {
        try ResultState(stored: text, of: id, payload: payload)
    }

    func forget(_ keys: [String]) async throws(JobQueueError) {
        do throws(RedisError) {
            try await source.remove(keys)
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }

    func save(_ group: ResultReference) async throws(JobQueueError) {
        do throws(RedisError) {
            try await source.store(
                JSONValue.object(["result": group.json]).bytes,
                under: source.names.group(group.id.rawValue),
                life: life
            )
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }

    private func texts(under keys: [String]) async throws(JobQueueError) -> [[UInt8]?] {
        guard !keys.isEmpty else { return [] }
        do throws(RedisError) {
            return try await source.texts(of: keys, timeout: .seconds(60))
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }
}
