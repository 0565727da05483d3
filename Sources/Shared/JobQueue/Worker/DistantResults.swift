import Redis

/// The results that the cycle script cannot store, as their keys are in another hash slot of a Cluster than the queue.
///
/// They are stored before the cycle that acknowledges their tasks. A worker that dies in between leaves a task that runs
/// again and a result that is true all the same, and a success is not overwritten; the other way round a caller could
/// wait for ever for the result of a task that is done. The price: a worker whose lease is gone, which the cycle would
/// refuse, may still store the result of a run that has really taken place.
///
/// Where more follows from a task that lies in other slots, its result goes with that, into the outbox: then it says the
/// same as what follows, whatever a second run would have said.
struct DistantResults: Sendable {
    let redis: RedisClient
    let queue: QueueKeys
    let life: Duration

    /// Whether steps reach Redis in the order in which they begin: not where some wait for a result to be stored.
    var keepOrder: Bool { redis.configuration.hasPriorityLists }

    /// Stores what has to be stored apart.
    ///
    /// - Returns: The settlements, with the results that the cycle is to store.
    /// - Throws: Where not all were stored; to be repeated with the same settlements.
    func store(_ settlements: [Settlement]) async throws(RedisError) -> [Settlement] {
        let settlements = settlements.map { passedOn($0) }
        let distant = settlements.compactMap(\.result).filter { isDistant($0) }
        guard !distant.isEmpty else { return settlements }
        let results = try await redis.send(
            pipeline: distant.map { QueueScripts.storeResult.command(keys: key(of: $0), arguments: arguments(of: $0)) }
        )
        for (stored, result) in zip(distant, results) {
            guard case .failure(let error) = result else { continue }
            guard error.prefix == "NOSCRIPT" else { throw error }
            _ = try await redis.evaluate(
                QueueScripts.storeResult,
                keys: key(of: stored),
                arguments: arguments(of: stored)
            )
        }
        return settlements.map { settlement in
            guard let result = settlement.result, isDistant(result) else { return settlement }
            var settlement = settlement
            settlement.result = nil
            return settlement
        }
    }

    /// The settlement with its result among what follows, where that is put aside.
    private func passedOn(_ settlement: Settlement) -> Settlement {
        guard let result = settlement.result, let plan = settlement.plan, isDistant(result),
            plan.reachesBeyond(queue.queue)
        else { return settlement }
        var settlement = settlement
        settlement.plan?.results.insert(
            CanvasPlan.Result(id: result.id, text: CanvasPlan.Template(before: result.text), life: result.life),
            at: 0
        )
        settlement.result = nil
        return settlement
    }

    private func isDistant(_ result: Settlement.StoredResult) -> Bool {
        !redis.keepsTogether(queue.ready, queue.names.result(of: result.id))
    }

    private func key(of result: Settlement.StoredResult) -> RedisArguments { [queue.names.result(of: result.id)] }

    private func arguments(of result: Settlement.StoredResult) -> RedisArguments {
        [(result.life ?? life).milliseconds, result.text]
    }
}
