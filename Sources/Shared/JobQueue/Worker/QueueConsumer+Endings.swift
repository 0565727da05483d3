import Logging
import NIOConcurrencyHelpers
import Redis

/// How the attempts of a consumer end.
extension QueueConsumer {
    /// Rings only where the loop would not look by itself: the first settlement of a cycle, or the last job.
    func run(_ delivery: Delivery) async {
        let settlement = await runner.run(delivery, in: scope)
        let isFirst = settle(settlement)
        let (isLast, isOverrun) = running.finish(delivery.tag)
        // The place of an attempt that was ended over the head of its code was given back then.
        if isOverrun { return }
        slots.give(1)
        if isFirst || isLast { signal.ring() }
    }

    /// Ends attempts as their deadlines demand, until cancelled.
    func watchDeadlines() async {
        while !Task.isCancelled {
            for overrun in running.takeOverdue() {
                _ = settle(await runner.end(overrun, in: scope))
                running.leave(overrun.delivery.tag)
                slots.give(1)
                signal.ring()
            }
            await running.waitForDeadline()
        }
    }

    /// - Returns: whether it is the first of the next cycle.
    private func settle(_ settlement: Settlement?) -> Bool {
        holdings.withLockedValue { holdings in
            defer {
                if let settlement {
                    // First, and the last first: each is put before what waits for the ordering key.
                    for absorbed in settlement.absorbed.reversed() { holdings.settle(absorbed) }
                    holdings.settle(settlement)
                }
            }
            return !holdings.hasPending
        }
    }

    /// Removes what the steps of tasks left that have ended now. What a failure leaves behind goes by its age.
    func forgetSteps(_ settlements: [Settlement]) async {
        let journals = settlements.filter(\.forgetsSteps).compactMap(\.taskID).map { keys.journal(of: $0) }
        do throws(RedisError) {
            _ = try await redis.send(RedisCommand("UNLINK", arguments: journals))
        } catch {
            logger.debug("steps of ended tasks are left", metadata: ["queue": "\(keys.queue)", "error": "\(error)"])
        }
    }
}
