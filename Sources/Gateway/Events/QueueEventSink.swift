import Feishu
import JSON
import JobQueue
import NIOCore

/// Puts events into the queue `interactive` as tasks `feishu.event`.
///
/// De-duplication and enqueueing are one script, by event id and, for messages, also by message id (Feishu may deliver
/// one message under two event ids). Requests that arrive together share one run of it. Events of one conversation are
/// worked on in the order they came, but for those that interrupt it, such as a click on the stop button.
struct QueueEventSink: EventSink {
    private static let task: TaskName = "feishu.event"
    private static let queue: QueueName = "interactive"

    /// One for each event loop that connections live on.
    private let batchers: [EnqueueBatcher]

    /// - Parameters:
    ///   - producer: What writes to the queue.
    ///   - timeout: How long Redis may take.
    ///   - group: Where connections live.
    init(producer: JobProducer, timeout: Duration, group: any EventLoopGroup) {
        batchers = group.makeIterator().map { loop in
            EnqueueBatcher(producer: producer, queue: Self.queue, timeout: timeout, on: loop)
        }
    }

    func store(_ event: ReceivedEvent, on eventLoop: any EventLoop, completion: @escaping Completion) {
        guard let batcher = batchers.first(where: { $0.eventLoop === eventLoop }) else {
            preconditionFailure("connections live on the loops of the group")
        }
        var task = NewTask(
            id: .random(),
            name: Self.task,
            queue: Self.queue,
            keywordArguments: Self.arguments(of: event)
        )
        if !event.isInterruption {
            task.orderingKey = event.conversationKey.flatMap { OrderingKey(event.appID + ":" + $0) }
        }
        batcher.add(task, unlessSeen: Self.keys(of: event), completion: completion)
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
        event.appendStorable(to: &json)
        json.append(UInt8(ascii: "}"))
        return json
    }
}
