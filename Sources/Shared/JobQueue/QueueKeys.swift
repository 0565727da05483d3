/// The Redis keys of one queue.
///
/// All but the lists by priority share the ready list's hash slot. Behind a prefix `P` the list is `Pq`, as kombu names
/// it, and the others are `P{q}:…`: all begin with the prefix. On a Cluster, where `Pq` and `{q}` would be in two
/// slots, they are `{Pq}:…`.
package struct QueueKeys: Sendable {
    package let queue: QueueName
    /// The names beside the queue's.
    package let names: BrokerNames
    /// List: ready messages. Pushed left, taken right; Celery's producers and `redis-cli` push here too.
    package let ready: String
    /// What the names of all keys begin with, but for the ready list's and those by priority.
    package let prefix: String

    package init(_ queue: QueueName, in names: BrokerNames) {
        self.queue = queue
        self.names = names
        ready = names.prefix + queue.rawValue
        prefix = names.isClustered ? "{\(ready)}:" : "\(names.prefix){\(queue.rawValue)}:"
    }

    /// Hash: delivery tag to message, byte for byte, of what one worker holds.
    package func inflight(_ incarnation: Incarnation) -> String { inflight(incarnation.rawValue) }
    package func inflight(_ incarnation: String) -> String { tagged("inflight:" + incarnation) }
    /// Hash with a TTL: id of a task that has been running for a while to its start (Redis' time, ms), by one worker.
    package func running(_ incarnation: String) -> String { tagged("running:" + incarnation) }
    /// Sorted set: incarnation by the end of its lease (Redis' time, ms); 0 once a reaper takes its jobs away.
    package var workers: String { tagged("workers") }
    /// Sorted set: message by due time (ms).
    package var scheduled: String { tagged("scheduled") }
    /// List, newest left: what could not be run or failed for good, with the reason.
    package var dead: String { tagged("dead") }
    /// Hash: task id to the number of workers that died holding it; dropped on completion.
    package var deliveries: String { tagged("deliveries") }
    /// String: Redis' time (ms) of the last reaper's tick, which tells an outage from a death.
    package var reaped: String { tagged("reaped") }
    /// String: there while the queue hands out nothing; who paused it, when and why, as JSON.
    package var paused: String { tagged("paused") }
    /// String with a TTL: this event, or unique key, has been enqueued.
    package func seen(_ key: String) -> String { tagged("seen:" + key) }

    /// Hash with a TTL: name of a step to its result (JSON), of a task that has not ended.
    package func journal(of id: TaskID) -> String { tagged("journal:" + id.rawValue) }

    /// String with a TTL: what a task has written to its output.
    package func output(of id: TaskID) -> String { tagged("output:" + id.rawValue) }
    /// Hash with a TTL: `ended` once the task has; `cuts`, how often its output was cut off, and `kept`, where last.
    package func outputState(of id: TaskID) -> String { tagged("output-state:" + id.rawValue) }
    /// Channel: the length of a task's output as it changes, `end` at its end.
    package func outputChannel(of id: TaskID) -> String { tagged("output-news:" + id.rawValue) }

    /// String: the id of the task that holds this ordering key, wherever it is.
    package func lane(_ key: OrderingKey) -> String { tagged("lane:" + key.rawValue) }
    /// List: messages that wait for their ordering key. Pushed left, taken right.
    package func parked(_ key: OrderingKey) -> String { tagged("parked:" + key.rawValue) }
    /// Hash: ordering key to the number of messages parked for it, where there are any.
    package var lanes: String { tagged("lanes") }
    /// Sorted set: ids of cancelled tasks by when to forget them (ms).
    package var cancelled: String { tagged("cancelled") }
    /// Channel: ids of tasks as they are cancelled.
    package var cancellations: String { tagged("cancellations") }
    /// Hash: how many tasks were `added` and have `ended`, since when both are counted (ms).
    package var counts: String { tagged("counts") }
    /// Channel: rung where a blocking look at the ready list cannot see that there is news.
    package var wake: String { tagged("wake") }
    /// String: the bound of the ready list, as JSON; absent where it has none.
    package var bound: String { tagged("bound") }
    /// String with a TTL: the id of the task that has this unique key.
    package func unique(_ key: String) -> String { tagged("unique:" + key) }

    /// Hash: name or class of names of a limit to its definition, as JSON.
    package var limits: String { tagged("limits") }
    /// Sorted set: limits for which messages wait by when to look again (ms).
    package var limited: String { tagged("limited") }
    /// List: messages that wait for this limit. Pushed left, taken right.
    package func limited(by limit: String) -> String { tagged("limited:" + limit) }
    /// Hash with a TTL: the token bucket of a limit, and until when it rests.
    package func limit(_ name: String) -> String { tagged("limit:" + name) }
    /// Sorted set: ids of the tasks that run under a limit of concurrency, by when they began (ms).
    package func holders(of limit: String) -> String { tagged("holders:" + limit) }

    /// List: messages of one fairness key that wait for its turn. Pushed left, taken right.
    package func turn(_ key: String) -> String { tagged("turn:" + key) }
    /// Sorted set: fairness keys, and '' for the ready list, by how far each is served.
    package var turns: String { tagged("turns") }
    /// Hash: fairness key to its weight, where that is not 1.
    package var weights: String { tagged("weights") }

    /// Sorted set: entries of the outbox by when somebody began to deliver them (Redis' time, ms). On a Cluster only.
    package var outbox: String { tagged("outbox") }
    /// List: what follows from a task, or a canvas that was called, and goes to other hash slots.
    package func outbox(_ entry: String) -> String { tagged("outbox:" + entry) }

    /// The lists of kombu for the priorities from 3, 6 and 9 on (kombu.transport.redis). In other hash slots.
    package var byPriority: [String] { [3, 6, 9].map { "\(ready)\u{6}\u{16}\($0)" } }

    private func tagged(_ rest: String) -> String { prefix + rest }
}
