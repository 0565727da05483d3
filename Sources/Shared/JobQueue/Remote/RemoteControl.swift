import JSON
import Logging
import Redis

/// A worker's side of Celery's monitoring and remote control: tells that it is there, publishes the events of its tasks
/// and answers requests, beside its work and never in its way.
///
/// Nothing here is needed for tasks to run: where Redis' pub/sub loses something, a monitor sees less.
struct RemoteControl: Sendable {
    /// For who runs the jobs.
    let events: TaskEvents
    /// For who runs the jobs.
    let stamps = RevokedStamps()
    let view: WorkerView
    private let publisher: EventPublisher
    private let beacon: WorkerBeacon
    private let redis: RedisClient
    private let names: RemoteNames
    private let configuration: RemoteControlConfiguration
    private let clock = LamportClock()
    private let logger: Logger

    init(_ view: WorkerView, redis: RedisClient, payload: (any PayloadCoding)?, logger: Logger) {
        self.view = view
        self.redis = redis
        configuration = view.configuration.remoteControl
        let node = view.configuration.nodeName
        var logger = logger
        logger[metadataKey: "node"] = "\(node)"
        self.logger = logger
        names = RemoteNames(redis)
        publisher = EventPublisher(node: node, clock: clock, redis: redis, names: names, logger: logger)
        beacon = WorkerBeacon(publisher: publisher, view: view)
        // Where nothing is published, nobody collects.
        events = TaskEvents(
            configuration.isSilent ? nil : publisher,
            payload: payload,
            isOn: configuration.sendsTaskEvents
        )
    }

    /// Goes on beside `work`, and ends with it.
    func accompany(_ work: () async -> Void) async {
        guard !configuration.isSilent else { return await work() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            group.addTask { await beacon.run() }
            if configuration.isEnabled { group.addTask { await listen() } }
            await work()
            group.cancelAll()
        }
        // In a task of its own: the worker may have been cancelled, and monitors are to hear of that.
        await Task {
            await publisher.flush()
            await beacon.farewell()
        }.value
    }

    // MARK: Requests

    /// Answers requests until cancelled, one after the other: what is asked first is done first.
    private func listen() async {
        let methods = ControlMethods(
            node: publisher.node,
            clock: clock,
            view: view,
            events: events,
            stamps: stamps,
            beacon: beacon,
            redis: redis,
            logger: logger
        )
        let replies = ReplyWriter(node: publisher.node, clock: clock, redis: redis, names: names, logger: logger)
        let election = names.events("worker.elect")
        while !Task.isCancelled {
            do throws(RedisError) {
                for await message in try await redis.subscribe(channels: [names.requests, election]) {
                    if message.channel == election {
                        await acknowledge(message.payload)
                    } else {
                        await answer(message.payload, methods, replies)
                    }
                }
            } catch {
                logger.debug("remote control cannot listen", metadata: ["error": "\(error)"])
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 800...1200)))
        }
    }

    private func answer(_ envelope: [UInt8], _ methods: ControlMethods, _ replies: ReplyWriter) async {
        guard let request = ControlRequest(reading: envelope) else {
            return logger.debug("unreadable request of remote control", metadata: ["bytes": "\(envelope.count)"])
        }
        clock.adjust(to: request.clock)
        guard request.isFor(publisher.node) else { return }
        let answer = await methods.answer(request.method, request.arguments)
        guard case .reply(let value) = answer, let address = request.replyTo else { return }
        await replies.reply(value, to: address)
    }

    // MARK: Elections

    /// The longest event that is looked at, in bytes.
    private static let maximumEventBytes = 256 << 10

    /// Says yes to an election among Python workers, which wait for everybody that heartbeats (celery.worker.consumer
    /// .gossip). Never holding one itself, this worker wins none.
    private func acknowledge(_ envelope: [UInt8]) async {
        guard let (body, _) = RemoteEnvelope.read(envelope, maximumBytes: Self.maximumEventBytes),
            let id = body["id"]?.string, id.count <= 255
        else { return }
        clock.adjust(to: body["clock"]?.integer ?? 0)
        await publisher.publish("worker-elect-ack", ["id": .string(id)])
    }
}

extension RemoteControlConfiguration {
    /// Whether nothing is told and nothing answered.
    fileprivate var isSilent: Bool { !isEnabled && !sendsTaskEvents }
}
