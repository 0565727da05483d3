import JSON
import Redis

extension JobProducer {
    /// Calls a canvas: publishes its first tasks, and sets up its chords, in one step. On a Redis Cluster what does not
    /// lie beside the first task follows; where this process dies in between, a worker of that task's queue does it.
    ///
    /// - Parameters:
    ///   - canvas: What to call.
    ///   - deduplicationKey: A canvas with a key that was seen within the last 24 hours is not published again.
    /// - Returns: Where its result will be.
    /// - Throws: `JobQueueError` where the signature cannot be called or Redis did not confirm.
    @discardableResult
    public func call<Output>(
        _ canvas: Canvas<Output>,
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        try await call(canvas.signature, deduplicationKey: deduplicationKey)
    }

    /// Calls a group; else as the other `call`.
    @discardableResult
    public func call<Element>(
        _ group: CanvasGroup<Element>,
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        try await call(group.signature, deduplicationKey: deduplicationKey)
    }

    /// Calls tasks that exist in another language; else as the other `call`.
    @discardableResult
    public func call(
        _ signature: Signature,
        queue: QueueName = "background",
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        try await call(signature, queue: queue, deduplicationKey: deduplicationKey, parentID: nil, rootID: nil)
    }

    /// What writes the messages of canvases as this producer does: with its middleware and its payload.
    func canvasWriter(for queue: QueueName, at now: WireTime) -> CanvasMessageWriter {
        CanvasMessageWriter(
            queue: queue,
            origin: origin,
            now: now,
            middleware: middleware,
            payload: payload,
            hasPriorityLists: hasPriorityLists,
            extendsResults: extendsResults,
            failureExpires: failureExpires,
            eventChannel: announcesTasks && receiver == nil ? RemoteNames(redis).events("task.sent") : nil
        )
    }

    /// The same within a job, whose task is the parent then.
    func call(
        _ signature: Signature,
        queue: QueueName,
        deduplicationKey: String?,
        parentID: TaskID?,
        rootID: TaskID?
    ) async throws(JobQueueError) -> CanvasReceipt {
        let now = receiver?.now ?? .now
        var layout = CanvasLayout(
            parentID: parentID,
            rootID: rootID,
            ids: deduplicationKey ?? RandomUUID.text(),
            writer: canvasWriter(for: queue, at: now)
        )
        var signature = signature
        let result = layout.freeze(&signature)
        let child: ResultReference?
        do throws(UnreadableSignature) {
            child = try layout.call(signature, .nothing)
        } catch {
            throw JobQueueError(.invalidOptions, task: nil, cause: error)
        }
        if let receiver {
            let isNew = receiver.receive(
                InlinePlan(layout.plan, payload),
                unlessSeen: deduplicationKey,
                for: memory,
                in: queue
            )
            return CanvasReceipt(result: result, child: child, isDuplicate: !isNew)
        }
        guard hasPriorityLists else {
            let isNew = try await publishAside(layout.plan, life: resultExpires, queue, deduplicationKey, at: now)
            return CanvasReceipt(result: result, child: child, isDuplicate: !isNew)
        }
        let (plan, bodies) = layout.plan.encoded(in: names, life: resultExpires, at: now)
        var arguments: RedisArguments = [memory.milliseconds, plan]
        for body in bodies { arguments.append(body) }
        var keys = RedisArguments()
        if let deduplicationKey { keys.append(QueueKeys(queue, in: names).seen(deduplicationKey)) }
        do throws(RedisError) {
            let reply = try await run(QueueScripts.canvas, keys: keys, arguments: arguments)
            return CanvasReceipt(result: result, child: child, isDuplicate: reply.integer == 0)
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }
}

/// Where the result of a canvas will be.
public struct CanvasReceipt: Sendable, Hashable {
    package let result: ResultReference
    /// What the task has as its child that called it.
    let child: ResultReference?
    /// Its deduplication key was seen before: nothing was published.
    public let isDuplicate: Bool

    /// Its last task, or the group.
    public var resultID: TaskID { result.id }
    /// Whether the result is a group's: a list.
    public var isGroup: Bool { result.isGroup }
}
