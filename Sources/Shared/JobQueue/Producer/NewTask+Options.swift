import JSON

extension NewTask {
    /// Takes over what options say of the message, by Celery's names (celery.app.task, `Task.apply_async`).
    ///
    /// - Throws: `JobQueueError(.invalidOptions)` for two times of one kind.
    mutating func describe(by options: EnqueueOptions, at now: WireTime) throws(JobQueueError) {
        let isContradiction = options.eta != nil && (options.delay != nil || options.debounce != nil)
        guard !isContradiction, options.expires == nil || options.expiresAfter == nil else {
            throw JobQueueError(.invalidOptions, task: name, cause: nil)
        }
        eta = options.eta ?? options.delay.map { now.advanced(by: $0) }
        expires = options.expires ?? options.expiresAfter.map { now.advanced(by: $0) }
        shadow = options.shadow
        replyTo = options.replyTo
        for header in options.headers.sorted(by: { $0.key < $1.key }) { add(header: header.key, .string(header.value)) }
        guard !options.stamps.isEmpty else { return }
        let names = options.stamps.keys.sorted()
        stampedHeaders = .array(names.map { .string($0) })
        for name in names { stamps[name] = .array((options.stamps[name] ?? []).map { .string($0) }) }
    }
}
