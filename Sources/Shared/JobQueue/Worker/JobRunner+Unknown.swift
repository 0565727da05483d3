import JSON
import Logging

/// Tasks that no job of this worker is registered for, on a queue that other kinds of workers take from, too.
extension JobRunner {
    /// Puts such a task back behind all that waits, as often as the configuration allows; nil where it is not put back.
    ///
    /// Holds it for a moment before that, longer each time: where all others that take from the queue are busy or start
    /// anew, the times allowed would be spent within milliseconds.
    func putBackUnknown(_ delivery: Delivery, _ message: TaskMessage, in scope: AttemptScope) async -> Settlement? {
        let allowed = scope.configuration.unknownTaskRequeues
        guard allowed > 0, isDue(message, delivery), let (again, count) = message.requeued, count <= allowed else {
            return nil
        }
        // Ends early only by cancellation: then it goes back as it is.
        try? await Task.sleep(for: Self.pause(before: count))
        guard !Task.isCancelled else { return .rewritten(delivery, as: delivery.raw) }
        do throws(JobQueueError) {
            try await scope.store.putBehind(again, by: AttemptIdentity(id: message.id, tag: delivery.tag))
        } catch {
            // Moved, and the reply was lost, or the lease is: either way nothing is held any more.
            guard error.code != .leaseLost else { return Settlement(tag: delivery.tag) }
            return .rewritten(delivery, as: delivery.raw)
        }
        var metadata = about(message, delivery)
        metadata["requeues"] = "\(count)"
        logger.warning("task is not registered here, put back for others", metadata: metadata)
        events.rejected(message.id, isRequeued: true)
        return Settlement(tag: delivery.tag)
    }

    private func isDue(_ message: TaskMessage, _ delivery: Delivery) -> Bool {
        guard !delivery.isCancelled else { return false }
        return (message.expires ?? delivery.now) >= delivery.now && (message.eta ?? delivery.now) <= delivery.now
    }

    /// 50 ms, then twice as long each time, at most 1 s.
    private static func pause(before count: Int) -> Duration { .milliseconds(min(1_000, 50 << min(count - 1, 5))) }
}

extension TaskMessage {
    /// The message with its header `requeues`, ours, raised by one, and how often it was put back then; nil where it
    /// cannot be read.
    fileprivate var requeued: (message: [UInt8], count: Int)? {
        guard var envelope = (try? CeleryJSON.parse(raw))?.object, var headers = envelope["headers"]?.object else {
            return nil
        }
        let count = Int(clamping: max(0, headers["requeues"]?.integer ?? 0)) + 1
        headers["requeues"] = .integer(Int64(count))
        envelope["headers"] = .object(headers)
        return (JSONValue.object(envelope).bytes, count)
    }
}
