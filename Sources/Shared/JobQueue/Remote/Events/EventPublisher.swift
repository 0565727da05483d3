import Glibc
import JSON
import Logging
import Metrics
import NIOConcurrencyHelpers
import Redis

/// Publishes the events of one node (celery.events.dispatcher).
///
/// Those of the worker go out at once, each for itself. Those of tasks are collected and go out together, as a list on
/// the channel `task.multi`, at most half a second later: a task costs the memory of its events and no round trip.
/// While Redis is slow they are dropped and counted, and no task waits.
final class EventPublisher: Sendable {
    /// How long the events of tasks are collected.
    static let interval: Duration = .milliseconds(500)
    /// How long Redis may take for what is published.
    private static let patience: Duration = .seconds(2)

    let node: NodeName
    let clock: LamportClock
    private let redis: RedisClient
    private let names: RemoteNames
    private let logger: Logger
    private let buffer = NIOLockedValueBox(EventBuffer())
    private let soon = Signal()
    private let now = Signal()
    /// What every event begins with.
    private let head: [UInt8]
    private let published = Counter(label: "worker_events_total")
    private let dropped = Counter(label: "worker_events_dropped_total")

    init(node: NodeName, clock: LamportClock, redis: RedisClient, names: RemoteNames, logger: Logger) {
        self.node = node
        self.clock = clock
        self.redis = redis
        self.names = names
        self.logger = logger
        var head: [UInt8] = []
        JSONText.append(#"{"hostname":"#, to: &head)
        JSONText.appendQuoted(node.rawValue, to: &head)
        JSONText.append(#","pid":"#, to: &head)
        head += "\(getpid())".utf8
        self.head = head
    }

    // MARK: Events of tasks

    /// Adds an event of a task to those that are published next.
    ///
    /// - Parameters:
    ///   - type: Such as `task-started`.
    ///   - fields: The members that the type has, each with a comma before it.
    func collect(_ type: StaticString, _ fields: [UInt8]) {
        let time = Self.time
        let advice = buffer.withLockedValue { buffer in
            // The clock under the same lock: it rises in the order in which they are published.
            buffer.add { event(type, clock: clock.tick(), at: time, fields) }
        }
        switch advice {
        case .nothing: break
        case .soon: soon.ring()
        case .now: now.ring()
        }
    }

    /// Publishes what is collected, until cancelled.
    func run() async {
        while !Task.isCancelled {
            await soon.wait()
            await now.wait(until: .now + Self.interval)
            await flush()
        }
    }

    /// Publishes what is collected by now.
    func flush() async {
        let (batches, lost) = buffer.withLockedValue { ($0.takeBatches(), $0.takeDropped()) }
        if lost > 0 { drop(lost, "they came faster than they could be published") }
        for batch in batches {
            var body: [UInt8] = []
            body.reserveCapacity(batch.reduce(batch.count + 2) { $0 + $1.count })
            body.append(UInt8(ascii: "["))
            for (index, event) in batch.enumerated() {
                if index > 0 { body.append(UInt8(ascii: ",")) }
                body += event
            }
            body.append(UInt8(ascii: "]"))
            if await publish(body, "task.multi") {
                published.increment(by: batch.count)
            } else {
                drop(batch.count, "Redis did not take them")
            }
        }
    }

    private func drop(_ count: Int, _ reason: String) {
        dropped.increment(by: count)
        logger.warning("events of tasks were dropped", metadata: ["count": "\(count)", "reason": "\(reason)"])
    }

    // MARK: Events of the worker

    /// Publishes one event by itself; where Redis does not take it, it is gone.
    ///
    /// - Parameters:
    ///   - type: Such as `worker-heartbeat`.
    ///   - fields: The members that the type has.
    func publish(_ type: StaticString, _ fields: JSONObject) async {
        var text: [UInt8] = []
        for member in fields.members {
            text.append(UInt8(ascii: ","))
            JSONText.appendQuoted(member.key, to: &text)
            text.append(UInt8(ascii: ":"))
            member.value.write(into: &text)
        }
        let event = event(type, clock: clock.tick(), at: Self.time, text)
        let routingKey = String(type.description.map { $0 == "-" ? "." : $0 })
        if await publish(event, routingKey) { published.increment() }
    }

    // MARK: Parts

    private func event(_ type: StaticString, clock: Int64, at time: Double, _ fields: [UInt8]) -> [UInt8] {
        var event: [UInt8] = []
        event.reserveCapacity(head.count + fields.count + 96)
        event += head
        JSONText.append(#","clock":"#, to: &event)
        event += String(clock).utf8
        JSONText.append(#","timestamp":"#, to: &event)
        event += "\(time)".utf8
        JSONText.append(#","type":""#, to: &event)
        JSONText.append(type, to: &event)
        event.append(UInt8(ascii: "\""))
        event += fields
        event.append(UInt8(ascii: "}"))
        return event
    }

    private func publish(_ body: [UInt8], _ routingKey: String) async -> Bool {
        let envelope = RemoteEnvelope.write(
            body,
            headers: ["hostname": .string(node.rawValue)],
            exchange: RemoteNames.eventExchange,
            routingKey: routingKey
        )
        do throws(RedisError) {
            _ = try await redis.send(
                RedisCommand("PUBLISH", names.events(routingKey), envelope),
                timeout: Self.patience
            )
            return true
        } catch {
            logger.debug("event was not published", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// UNIX time in seconds.
    static var time: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        // In microseconds, as Python's: more digits would be of no use.
        return Double(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000) / 1_000_000
    }
}
