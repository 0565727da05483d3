import JSON

extension Job {
    /// A call of this job.
    ///
    /// - Parameters:
    ///   - arguments: What with.
    ///   - options: As for `JobProducer.enqueue`; deduplication and unique keys, and debouncing, are not for canvases.
    /// - Returns: The call, to be put into others.
    /// - Throws: `JobQueueError` where arguments or options cannot be written.
    public static func canvas(
        _ arguments: Arguments,
        options: EnqueueOptions = EnqueueOptions()
    ) throws(JobQueueError) -> Canvas<Output> {
        Canvas(try signature(arguments, options))
    }

    /// A call of this job with the result of another task in place of its first parameter.
    ///
    /// - Parameters:
    ///   - parameter: The first of `parameters`; its type is the result's.
    ///   - arguments: The others. What stands for the first is not sent.
    ///   - options: As for `canvas`.
    /// - Returns: The call, to be put behind others.
    /// - Throws: `JobQueueError` where arguments or options cannot be written, or the job names no `parameters`.
    public static func partial<Input>(
        _ parameter: KeyPath<Arguments, Input>,
        _ arguments: Arguments,
        options: EnqueueOptions = EnqueueOptions()
    ) throws(JobQueueError) -> PartialTask<Input, Output> {
        guard let first = parameters.first else { throw JobQueueError(.invalidArguments, task: name, cause: nil) }
        var signature = try signature(arguments, options)
        signature.keywordArguments[first] = nil
        return PartialTask(signature)
    }

    /// One task that runs this job for each of many items, one after the other, and has the list of the results:
    /// Celery's `starmap`. An item that fails fails the task, which is not tried again.
    ///
    /// - Parameters:
    ///   - items: What with, each.
    ///   - options: As for `canvas`.
    /// - Returns: The call, to be put into others. It does without the result of what is before it.
    /// - Throws: `JobQueueError` where arguments or options cannot be written, or the arguments have members that are
    ///   none of the job's `parameters`.
    public static func map(
        _ items: [Arguments],
        options: EnqueueOptions = EnqueueOptions()
    ) throws(JobQueueError) -> Canvas<[Output]> {
        var rows: [JSONValue] = []
        for item in items { rows.append(.array(try positional(item))) }
        return Canvas(
            Signature(
                .task("celery.starmap", kind: "xstarmap"),
                keywordArguments: ["task": Signature(.task(name)).json, "it": .array(rows)],
                options: try options.signatureOptions(for: name, queue: queue, storesResult: storesResult),
                isImmutable: true
            )
        )
    }

    /// Many items in tasks of some items each, side by side: Celery's `chunks`, for items that are too small for a task
    /// of their own.
    ///
    /// - Parameters:
    ///   - size: How many items a task has, at least 1.
    ///   - items: What with, each.
    ///   - options: As for `canvas`.
    /// - Returns: The group; its results are lists, in the order of the items.
    /// - Throws: As `map`.
    public static func chunks(
        of size: Int,
        _ items: [Arguments],
        options: EnqueueOptions = EnqueueOptions()
    ) throws(JobQueueError) -> CanvasGroup<[Output]> {
        precondition(size > 0, "a chunk has an item at least")
        var chunks: [Canvas<[Output]>] = []
        for start in stride(from: 0, to: items.count, by: size) {
            chunks.append(try map(Array(items[start..<min(start + size, items.count)]), options: options))
        }
        return CanvasGroup(chunks)
    }

    /// Arguments in the order of the parameters.
    private static func positional(_ arguments: Arguments) throws(JobQueueError) -> [JSONValue] {
        let named = try object(arguments)
        guard named.members.allSatisfy({ parameters.contains($0.key) }) else {
            throw JobQueueError(.invalidArguments, task: name, cause: nil)
        }
        return parameters.map { named[$0] ?? .null }
    }

    private static func signature(
        _ arguments: Arguments,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> Signature {
        Signature(
            .task(name),
            keywordArguments: try object(arguments),
            options: try options.signatureOptions(for: name, queue: queue, storesResult: storesResult)
        )
    }

    private static func object(_ arguments: Arguments) throws(JobQueueError) -> JSONObject {
        let value: JSONValue
        do {
            value = try CeleryJSON.value(of: arguments)
        } catch {
            throw JobQueueError(.invalidArguments, task: name, cause: error)
        }
        guard let object = value.object else { throw JobQueueError(.invalidArguments, task: name, cause: nil) }
        return object
    }
}

extension EnqueueOptions {
    /// By Celery's names.
    fileprivate func signatureOptions(
        for task: TaskName,
        queue: QueueName,
        storesResult: Bool
    ) throws(JobQueueError) -> JSONObject {
        guard deduplicationKey == nil, uniqueness == nil, debounce == nil, (0...9).contains(priority),
            eta == nil || delay == nil, expires == nil || expiresAfter == nil
        else {
            throw JobQueueError(.invalidOptions, task: task, cause: nil)
        }
        func seconds(_ duration: Duration) -> JSONValue { .double(Double(duration.milliseconds) / 1000) }
        var options: JSONObject = ["queue": .string((self.queue ?? queue).rawValue)]
        if let delay { options["countdown"] = seconds(delay) }
        if let expiresAfter { options["expires"] = seconds(expiresAfter) }
        if let hard = timeLimit.hard { options["time_limit"] = seconds(hard) }
        if let soft = timeLimit.soft { options["soft_time_limit"] = seconds(soft) }
        if priority > 0 { options["priority"] = .integer(Int64(priority)) }
        if let taskID { options["task_id"] = .string(taskID.rawValue) }
        if !storesResult { options["ignore_result"] = true }
        var headers = JSONObject()
        if let orderingKey { headers["ordering_key"] = .string(orderingKey.rawValue) }
        if whileBusy != .queue { headers["while_busy"] = .string(whileBusy.rawValue) }
        if let fairnessKey { headers["fairness_key"] = .string(fairnessKey.rawValue) }
        if !limits.isEmpty {
            var units = JSONObject()
            for (name, count) in limits { units[name.rawValue] = .integer(Int64(count)) }
            headers["limits"] = .object(units)
        }
        for (name, value) in self.headers where headers[name] == nil { headers[name] = .string(value) }
        if !headers.isEmpty { options["headers"] = .object(headers) }
        if let eta { options["eta"] = .string(eta.text) }
        if let expires { options["expires"] = .string(expires.text) }
        if let shadow { options["shadow"] = .string(shadow) }
        if let replyTo { options["reply_to"] = .string(replyTo) }
        return Signature.options(options, stamped: stamps)
    }
}
