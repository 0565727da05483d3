import Redis

extension JobProducer {
    /// The results of tasks, read with this producer's client and payload coding.
    public var results: ResultStore {
        ResultStore(
            source: receiver?.results ?? RedisResultSource(redis: redis),
            payload: payload,
            life: resultExpires
        )
    }

    /// What leads to the result of a task; see ``ResultStore/handle(of:as:)``.
    public func handle<Output: Decodable & Sendable>(
        of id: TaskID,
        as type: Output.Type = Output.self
    ) -> TaskHandle<Output> {
        results.handle(of: id)
    }

    /// What leads to the result of a task that was just enqueued: of the one that has its unique key, where that is
    /// another.
    ///
    /// Of a job that stores no result (`Job.storesResult`) the handle never tells the end.
    public func handle<J: Job>(of receipt: EnqueueReceipt, as job: J.Type) -> TaskHandle<J.Output> {
        results.handle(of: receipt.existing ?? receipt.taskID)
    }
}

extension JobProducer {
    /// What leads to the result of a canvas that ends in one task: of its last, or of a chord's body. What stands before
    /// that is its `parent()`.
    ///
    /// Of a canvas that is a group use ``group(of:as:)``: the handle of a group is none of a task.
    public func handle<Output: Decodable & Sendable>(
        of receipt: CanvasReceipt,
        as type: Output.Type = Output.self
    ) -> TaskHandle<Output> {
        TaskHandle(receipt.result, in: results)
    }

    /// What leads to the results of a canvas: of the members of a group, or of the one task.
    public func group<Output: Decodable & Sendable>(
        of receipt: CanvasReceipt,
        as type: Output.Type = Output.self
    ) -> GroupHandle<Output> {
        GroupHandle(receipt.result, in: results)
    }
}

extension JobContext {
    /// The results of tasks, as the job's own producer reads them.
    public var results: ResultStore { scope.producer.results }

    /// Waits for another task, while this attempt keeps its place among the worker's running jobs.
    ///
    /// **This can stand still for ever.** Where every place of the workers is taken by jobs that wait, the tasks they
    /// wait for never run; Celery forbids it for that reason (`result.get()` within a task). Let the other task run on
    /// a queue that this worker does not serve, or better, enqueue what follows as a task of its own. Time limits,
    /// cancellation and the worker's stop end the wait as they end everything a job waits for.
    ///
    /// - Parameters:
    ///   - handle: What to wait for.
    ///   - timeout: How long; keep it below the job's time limit.
    /// - Returns: What the task returned.
    /// - Throws: As ``TaskHandle/value(timeout:)``.
    public func waitKeepingPlace<Output: Decodable & Sendable>(
        for handle: TaskHandle<Output>,
        timeout: Duration
    ) async throws -> Output {
        try await handle.value(timeout: timeout)
    }
}
