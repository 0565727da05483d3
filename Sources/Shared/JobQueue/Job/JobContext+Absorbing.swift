import NIOConcurrencyHelpers
import Redis

/// A task that a job does along with its own.
public struct AbsorbedTask<Arguments: Sendable>: Sendable {
    public let taskID: TaskID
    public let arguments: Arguments
}

extension JobContext {
    /// Takes the tasks of this job that wait for this one's ordering key, so that one run does them all: a burst of
    /// messages in a conversation becomes one turn.
    ///
    /// They end as this attempt does: with its result where it succeeds. Where it does not, they go back to where they
    /// waited, in their order. May be called more than once, for those that came meanwhile. Tasks that are out of date,
    /// cancelled or unreadable are not among them. One round trip.
    ///
    /// - Parameters:
    ///   - job: This job.
    ///   - most: How many at most, 1 to 64.
    /// - Returns: The tasks in the order they came; none where this task has no ordering key, or runs in a process of
    ///   its own.
    /// - Throws: `JobQueueError`: `.leaseLost` where another worker may have the task by now: stop; `.unavailable` where
    ///   Redis did not answer.
    public func absorb<J: Job>(
        _ job: J.Type,
        atMost most: Int = 64
    ) async throws(JobQueueError) -> [AbsorbedTask<J.Arguments>] {
        guard let holdings = scope.holdings, J.name == taskName,
            let orderingKey = (try? TaskMessage(decoding: raw))?.orderingKey
        else { return [] }
        let most = min(max(1, most), 64)
        let first = holdings.withLockedValue { $0.beginAbsorption(upTo: most) }
        let messages: [[UInt8]]
        do {
            messages = try await scope.store.absorb(orderingKey, as: taskName, from: first, atMost: most, by: identity)
        } catch {
            holdings.withLockedValue { $0.confirmAbsorption(from: first, absorbed: nil) }
            throw error
        }
        holdings.withLockedValue { $0.confirmAbsorption(from: first, absorbed: messages.count) }
        var absorbed: [AbsorbedTask<J.Arguments>] = []
        var deliveries: [Delivery] = []
        for (index, raw) in messages.enumerated() {
            let tag = first + Int64(index)
            let delivery = Delivery(
                tag: tag,
                raw: raw,
                queue: queue,
                crashes: 0,
                isCancelled: false,
                clockOffset: 0,
                fixedTime: scope.fixedTime
            )
            do {
                var message = try TaskMessage(decoding: raw)
                if let expires = message.expires, expires < delivery.now {
                    let storing = message.ignoresResult.map { !$0 } ?? J.storesResult
                    holdings.withLockedValue { $0.settle(.revoked(delivery, message, "expired", storing: storing)) }
                    continue
                }
                message = try await scope.readable(message)
                let arguments = try ArgumentBinding.decode(J.Arguments.self, from: message, parameters: J.parameters)
                absorbed.append(AbsorbedTask(taskID: message.id, arguments: arguments))
                deliveries.append(delivery)
            } catch {
                // On its own it ends as it must.
                holdings.withLockedValue { $0.settle(.parked(delivery, orderingKey)) }
            }
        }
        guard scope.running.absorb(deliveries, tag) else { throw JobQueueError(.leaseLost, task: taskName, cause: nil) }
        return absorbed
    }
}
