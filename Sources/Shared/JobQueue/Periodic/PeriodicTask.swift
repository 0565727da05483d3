import JSON

extension PeriodicJob {
    /// Headers of a periodic job's tasks; the first is django-celery-beat's.
    enum Header {
        static let name = "periodic_task_name"
        /// ISO 8601.
        static let time = "periodic_time"
    }

    /// The task of one time, and what the enqueue script is told of it.
    ///
    /// - Parameters:
    ///   - time: The time it is for.
    ///   - id: Its id.
    ///   - now: Redis' time.
    ///   - delay: By how much it is put off.
    ///   - hasPriorities: Whether there are lists by priority.
    ///   - middleware: What is done to every task before it is stored.
    /// - Returns: Both.
    func task(
        for time: WireTime,
        id: TaskID,
        now: WireTime,
        delay: Duration,
        hasPriorities: Bool,
        middleware: [any EnqueueMiddleware]
    ) -> (task: NewTask, rules: EnqueueRules) {
        var task = NewTask(
            id: id,
            name: self.task,
            queue: queue,
            keywordArguments: JSONValue.object(keywords).bytes
        )
        task.arguments = JSONValue.array(arguments).bytes
        if delay > .zero { task.eta = now.advanced(by: delay) }
        task.expires = expires.map { now.advanced(by: delay + $0) }
        task.priority = priority
        task.orderingKey = orderingKey
        if !middleware.isEmpty { task = task.prepared(by: middleware) }
        // Behind the middleware's: of two the last counts.
        task.add(header: Header.name, .string(name))
        task.add(header: Header.time, .string(time.text))
        var rules = EnqueueRules()
        if priority >= 3, hasPriorities { rules.step = priority / 3 * 3 }
        return (task, rules)
    }
}

extension JobContext {
    /// The periodic job that this task is of; nil for other tasks.
    public var periodicJob: String? { header(PeriodicJob.Header.name) }

    /// The time that this task of a periodic job is for, however late it runs; nil for other tasks.
    public var periodicTime: WireTime? { header(PeriodicJob.Header.time).flatMap { WireTime($0) } }
}
