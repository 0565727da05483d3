/// The periodic jobs of a queue in memory: when they are due, and their tasks then. One process has them, so nobody
/// leads, and the clock is the queue's.
package struct InlineSchedule: Sendable {
    private struct Entry: Sendable {
        let job: PeriodicJob
        var due: WireTime?
        var state = PeriodicState()
    }

    private var entries: [Entry]

    /// - Parameters:
    ///   - jobs: The jobs.
    ///   - now: Since when they are known.
    package init(_ jobs: PeriodicJobs, at now: WireTime) {
        entries = jobs.all.map { Entry(job: $0, due: $0.next(after: now)) }
    }

    /// When the next of them is due; nil for never.
    package var next: WireTime? { entries.lazy.compactMap(\.due).min() }

    /// Makes happen what is due.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - producer: Whose middleware and payload coding the tasks get.
    /// - Returns: The tasks, and their queues, in the order of their times.
    package mutating func take(at now: WireTime, as producer: JobProducer) -> [(task: IncomingTask, queue: QueueName)] {
        var tasks: [(time: WireTime, task: IncomingTask, queue: QueueName)] = []
        for index in entries.indices {
            guard let due = entries[index].due, due <= now else { continue }
            let job = entries[index].job
            let tick = PeriodicTick(job, entries[index].state, due: due, now: now)
            for time in tick.times {
                let (task, rules) = job.task(
                    for: time,
                    id: job.taskID(at: time),
                    now: now,
                    delay: job.delay(at: time),
                    hasPriorities: true,
                    middleware: producer.middleware
                )
                tasks.append((time, producer.incoming(task, [], rules, at: now), job.queue))
            }
            entries[index].due = tick.next
            entries[index].state = tick.state
        }
        return tasks.sorted { $0.time < $1.time }.map { ($0.task, $0.queue) }
    }
}
