/// Limits of tasks by their names.
extension WorkerTuning {
    /// Says how long attempts of a task may take on this worker, those that begin from now on.
    ///
    /// A message that brings limits of its own keeps them, as in Celery. Where only one of the two is given, the job's own
    /// says the other; with neither the job's own hold again.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - hard: After this an attempt has failed, whatever its code does.
    ///   - soft: After this it is cancelled; never later than `hard`.
    /// - Throws: `WorkerTuningError`: `.unknownTask`; `.invalidTimeLimit` where one is not above zero.
    public func setTimeLimit(_ task: TaskName, hard: Duration?, soft: Duration? = nil) throws(WorkerTuningError) {
        guard registry[task] != nil else { throw WorkerTuningError(.unknownTask) }
        guard hard ?? .seconds(1) > .zero, soft ?? .seconds(1) > .zero else {
            throw WorkerTuningError(.invalidTimeLimit)
        }
        let limit = TaskTimeLimit(hard: hard, soft: soft)
        tasks.set(limit.isEmpty ? nil : limit, for: task)
    }

    /// Says how often attempts of a task may begin in each queue that this worker takes from, now or later: a queue that
    /// it is told to take from has the bound before the worker takes anything from it.
    ///
    /// Celery bounds each worker by itself. Here it is the limit `task:<name>` of `QueueLimits`, which holds for the whole
    /// fleet however many workers are told, stays when they end, and lets as many run at once as it did before.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - rate: The bound; `.unlimited` takes it away.
    /// - Throws: `WorkerTuningError`: `.unknownTask`; `.unavailable` where Redis did not confirm: some queues may have it.
    public func setRateLimit(_ task: TaskName, _ rate: TaskRate) async throws(WorkerTuningError) {
        guard registry[task] != nil else { throw WorkerTuningError(.unknownTask) }
        // Before the queues are looked at: one that is added meanwhile finds it, here or there.
        tasks.set(rate.rate == nil ? nil : rate, for: task)
        do throws(JobQueueError) {
            for queue in queues { try await bound(task, rate, in: queue) }
        } catch {
            throw WorkerTuningError(.unavailable)
        }
    }

    /// Carries the bounds that the worker was told of to a queue that it is about to join. The latest word counts, also
    /// where the queue has another bound.
    ///
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm: some may stand.
    func carryRates(to queue: QueueName) async throws(JobQueueError) {
        for (task, rate) in tasks.rates { try await bound(task, rate, in: queue) }
    }

    private func bound(_ task: TaskName, _ rate: TaskRate, in queue: QueueName) async throws(JobQueueError) {
        let limits = QueueLimits(redis: redis)
        let name = LimitName.task(task)
        let concurrency = try await limits.all(of: queue)[name]?.concurrency
        if rate.rate == nil, concurrency == nil {
            try await limits.remove(name, in: queue)
        } else {
            try await limits.set(QueueLimit(concurrency: concurrency, rate: rate.rate), for: name, in: queue)
        }
    }
}
