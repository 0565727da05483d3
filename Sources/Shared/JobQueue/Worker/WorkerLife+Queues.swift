import Logging
import NIOCore
import Redis

/// Which queues a life takes from, as the worker is told while it runs.
extension WorkerLife {
    /// What has become of one queue.
    private enum Turn: Sendable {
        case ended(QueueConsumer, isFenced: Bool)
        case joined(QueueName, QueueConsumer?)
        case left(QueueName)
        /// The worker was told something, or a phase has begun.
        case news
    }

    /// What is being done about a queue.
    private enum Doing {
        case joining
        case consuming(QueueConsumer)
        case leaving

        var isConsuming: Bool {
            if case .consuming = self { true } else { false }
        }
    }

    /// All queues, until the life is drained or one finds the lease gone.
    ///
    /// - Returns: Whether the lease is gone.
    func consume() async -> Bool {
        await withTaskGroup(of: Turn.self) { group in
            var doings: [QueueName: Doing] = [:]
            for consumer in consumers { begin(consumer, &doings, in: &group) }
            // Looks first at what was told before this life began.
            group.addTask { .news }
            for await turn in group {
                switch turn {
                case .ended(_, isFenced: true):
                    fallSilent()
                    group.cancelAll()
                    return true
                case .ended(let consumer, isFenced: false):
                    let queue = consumer.keys.queue
                    doings[queue] = nil
                    guard consumer.standing.isOver else { break }
                    doings[queue] = .leaving
                    group.addTask {
                        await leave(consumer)
                        return .left(queue)
                    }
                case .joined(let queue, let consumer):
                    doings[queue] = nil
                    if let consumer { begin(consumer, &doings, in: &group) }
                case .left(let queue): doings[queue] = nil
                case .news:
                    group.addTask {
                        await tuning.queueNews.wait()
                        return .news
                    }
                }
                if Task.isCancelled {
                    group.cancelAll()
                    return false
                }
                if roster.phase < .draining {
                    follow(&doings, in: &group)
                } else if !doings.values.contains(where: \.isConsuming) {
                    group.cancelAll()
                    return false
                }
            }
            return false
        }
    }

    private func begin(
        _ consumer: QueueConsumer,
        _ doings: inout [QueueName: Doing],
        in group: inout TaskGroup<Turn>
    ) {
        doings[consumer.keys.queue] = .consuming(consumer)
        group.addTask { .ended(consumer, isFenced: await consumer.run()) }
    }

    /// Does what the worker was told. What is under way with a queue comes to its end first.
    private func follow(_ doings: inout [QueueName: Doing], in group: inout TaskGroup<Turn>) {
        let wanted = tuning.queues
        for queue in wanted {
            switch doings[queue] {
            // Where it has ended, it leaves the queue and then joins it anew.
            case .consuming(let consumer): if consumer.standing.isClosed { consumer.change { _ = $0.reopen() } }
            case .joining, .leaving: continue
            case nil:
                doings[queue] = .joining
                group.addTask { .joined(queue, await join(queue)) }
            }
        }
        for case .consuming(let consumer) in doings.values
        where !consumer.standing.isClosed && !wanted.contains(consumer.keys.queue) {
            consumer.change { $0.close() }
        }
    }

    /// - Returns: The registered consumer; nil where the queue is not wanted any more.
    private func join(_ queue: QueueName) async -> QueueConsumer? {
        // Before the queue can know of it: who releases the dead must know of all that Redis may.
        onJoining(queue)
        let keys = redis.keys(of: queue)
        let isWanted = { tuning.queues.contains(queue) && roster.phase < .draining }
        guard await carryRates(to: queue, while: isWanted) else { return nil }
        let sent = await joining.join(keys, while: isWanted)
        guard let sent else { return nil }
        await QueueBindings(redis: redis).declare([queue], logger: logger)
        let consumer =
            roster.consumer(of: queue)
            ?? QueueConsumer(
                queue: queue,
                incarnation: incarnation,
                configuration: configuration,
                redis: redis,
                runner: runner,
                slots: tuning.share(of: queue),
                logger: logger
            )
        consumer.change { $0.register(at: sent) }
        roster.add(consumer)
        logger.info("joined a queue", metadata: ["queue": "\(queue)"])
        return consumer
    }

    /// Bounds the tasks of a queue as the worker was told for others, however long Redis is away.
    ///
    /// - Returns: Whether it is done; false where the queue is not wanted any more.
    private func carryRates(to queue: QueueName, while isWanted: () -> Bool) async -> Bool {
        while isWanted(), !Task.isCancelled {
            do throws(JobQueueError) {
                try await tuning.carryRates(to: queue)
                return true
            } catch {
                logger.warning(
                    "cannot bound the tasks of a queue, will be repeated",
                    metadata: ["queue": "\(queue)", "error": "\(error)"]
                )
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 200...600)))
        }
        return false
    }

    /// Ends the registration with a queue whose last job has been settled.
    private func leave(_ consumer: QueueConsumer) async {
        consumer.change { $0.leave() }
        roster.changes.ring()
        await joining.leave(consumer.keys, attempts: 3)
        logger.info("left a queue", metadata: ["queue": "\(consumer.keys.queue)"])
    }

    // MARK: Hearing of other processes

    /// Cancels jobs as it is told, and looks where a blocking look sees nothing. What is missed while there is no
    /// connection, the heartbeat and the next look bring.
    func listen() async {
        while !Task.isCancelled {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await hear(of: roster.registered) }
                // Other queues, another subscription.
                group.addTask { await roster.changes.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func hear(of consumers: [QueueConsumer]) async {
        let byChannel = Dictionary(
            consumers.flatMap { [($0.keys.cancellations, $0), ($0.keys.wake, $0)] },
            uniquingKeysWith: { first, _ in first }
        )
        while !Task.isCancelled {
            if !byChannel.isEmpty {
                do throws(RedisError) {
                    for await message in try await redis.subscribe(channels: Array(byChannel.keys)) {
                        guard let consumer = byChannel[message.channel] else { continue }
                        if message.channel == consumer.keys.wake {
                            consumer.lookAgain()
                        } else {
                            consumer.running.cancel(TaskID(String(decoding: message.payload, as: UTF8.self)))
                        }
                    }
                } catch {
                    logger.debug("cannot listen to other processes", metadata: ["error": "\(error)"])
                }
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 800...1200)))
        }
    }
}
