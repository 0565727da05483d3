import Feishu
import JSON
import JobQueue
import NIOCore

/// Puts events into the queue `interactive` as tasks `feishu.event`.
///
/// De-duplication and enqueueing are one script, by event id and, for messages, also by message id (Feishu may deliver
/// one message under two event ids). Scripts of many requests travel to Redis together.
struct QueueEventSink: EventSink {
    private static let task: TaskName = "feishu.event"
    private static let queue: QueueName = "interactive"

    let producer: JobProducer
    /// How long Redis may take.
    let timeout: Duration

    func store(_ event: ReceivedEvent, on eventLoop: any EventLoop) -> EventLoopFuture<StoreOutcome> {
        let task = NewTask(
            id: .random(),
            name: Self.task,
            queue: Self.queue,
            keywordArguments: Self.arguments(of: event)
        )
        return producer.submit(task, unlessSeen: Self.keys(of: event), on: eventLoop, timeout: timeout)
            .map { $0 ? .stored : .duplicate }
    }

    /// What identifies the event. Other events than messages name a message, too, and are not the same.
    static func keys(of event: ReceivedEvent) -> [String] {
        guard event.type == EventType.messageReceived, let messageID = event.messageID else { return [event.eventID] }
        return [event.eventID, "message:\(event.appID):\(messageID)"]
    }

    /// `{"app_id":…,"event":…}`, the event as Feishu wrote it but for its Verification Token.
    static func arguments(of event: ReceivedEvent) -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(event.plaintext.count + 64)
        JSONText.append(#"{"app_id":"#, to: &json)
        JSONText.appendQuoted(event.appID, to: &json)
        JSONText.append(#","event":"#, to: &json)
        json += event.storable
        json.append(UInt8(ascii: "}"))
        return json
    }
}
