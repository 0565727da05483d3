import JSON
import NIOCore
import NIOPosix
import Redis

/// What monitors are told of a task that was put into a queue: `task-sent` (celery.app.amqp, `send_task_message`).
struct TaskAnnouncement: Sendable {
    let id: TaskID
    let name: TaskName
    let queue: QueueName
    let rootID: TaskID?
    let parentID: TaskID?
    let retries: Int
    let eta: WireTime?
    let expires: WireTime?

    init(_ task: NewTask) {
        id = task.id
        name = task.name
        queue = task.queue
        rootID = task.rootID
        parentID = task.parentID
        retries = task.retries
        eta = task.eta
        expires = task.expires
    }

    /// A task that is put back for another attempt.
    ///
    /// - Parameters:
    ///   - message: As it was attempted.
    ///   - queue: Where it was taken from.
    ///   - due: When the next attempt may begin.
    ///   - spending: How many of its retries that costs.
    init(retryOf message: TaskMessage, in queue: QueueName, at due: WireTime, spending: Int) {
        id = message.id
        name = message.name
        self.queue = queue
        rootID = message.rootID
        parentID = message.parentID
        retries = message.retries + spending
        eta = due
        expires = message.expires
    }

    /// Of one process, as receivers order by it; they do not adopt it.
    private static let clock = LamportClock()

    /// Publishes an event for each task that was added, without waiting for Redis: where one is lost, nobody minds.
    static func publish(_ tasks: [NewTask], _ fates: [EnqueueFate], with redis: RedisClient) {
        publish(zip(tasks, fates).filter { $0.1 == .added }.map { TaskAnnouncement($0.0) }, with: redis)
    }

    /// Publishes events, without waiting for Redis.
    static func publish(_ announcements: [TaskAnnouncement], with redis: RedisClient) {
        guard !announcements.isEmpty else { return }
        let channel = RemoteNames(redis).events("task.sent")
        let commands = announcements.map { RedisCommand("PUBLISH", channel, $0.envelope()) }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        redis.submit(pipeline: commands, on: loop, timeout: .seconds(2)).whenComplete { _ in }
    }

    /// The event as it is published.
    func envelope() -> [UInt8] {
        let node = JSONValue.string(ProcessOrigin.text)
        let event: JSONObject = [
            "hostname": node, "pid": .integer(Int64(ProcessFigures.identifier)), "clock": .integer(Self.clock.tick()),
            "timestamp": .double(EventPublisher.time), "type": "task-sent", "uuid": .string(id.rawValue),
            "root_id": .string((rootID ?? id).rawValue), "parent_id": parentID.map { .string($0.rawValue) } ?? .null,
            "name": .string(name.rawValue),
            // As in the message: what tasks carry is nobody's to see.
            "args": "()", "kwargs": "{…}", "retries": .integer(Int64(retries)),
            "eta": eta.map { .string($0.text) } ?? .null, "expires": expires.map { .string($0.text) } ?? .null,
            "queue": .string(queue.rawValue), "exchange": "", "routing_key": .string(queue.rawValue),
        ]
        return RemoteEnvelope.write(
            JSONValue.object(event).bytes,
            headers: ["hostname": node],
            exchange: RemoteNames.eventExchange,
            routingKey: "task.sent"
        )
    }
}
