import Redis

extension JobProducer {
    /// Publishes a canvas on a Cluster: in one step what goes to the queue of its first task, and into that queue's outbox
    /// the rest, which is delivered then.
    ///
    /// - Parameters:
    ///   - plan: What is to be done.
    ///   - life: How long results and the keys of chords are kept.
    ///   - queue: Where it goes if it has no task.
    ///   - deduplicationKey: A canvas with a key that was seen is not published again.
    ///   - now: The time.
    /// - Returns: Whether it is published; false where it was before.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm the first step. After that it counts as
    ///   published.
    func publishAside(
        _ plan: CanvasPlan,
        life: Duration,
        _ queue: QueueName,
        _ deduplicationKey: String?,
        at now: WireTime
    ) async throws(JobQueueError) -> Bool {
        let keys = QueueKeys(plan.messages.first?.queue ?? queue, in: names)
        let (near, far) = plan.divided(for: keys.queue)
        let entry = RandomUUID.text()
        var arguments: RedisArguments = [keys.prefix, memory.milliseconds, entry]
        if near.isEmpty {
            arguments.append(0)
        } else {
            let (json, bodies) = near.encoded(in: names, life: life, at: now)
            arguments.append(1 + bodies.count)
            arguments.append(json)
            for body in bodies { arguments.append(body) }
        }
        if !far.isEmpty { for value in StoredPlan(far, life: life).values { arguments.append(value) } }
        do throws(RedisError) {
            let reply = try await run(
                QueueScripts.publishAside,
                keys: [keys.ready, deduplicationKey.map { keys.seen($0) } ?? keys.ready],
                arguments: arguments
            )
            guard reply.integer == 1 else { return false }
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
        guard !far.isEmpty else { return true }
        do throws(RedisError) {
            try await OutboxDelivery(of: entry, in: keys, with: self).deliver()
        } catch {
            // It is stored: the workers of the queue deliver what is left.
        }
        return true
    }
}
