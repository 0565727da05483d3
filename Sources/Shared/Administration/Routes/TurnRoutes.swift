import Identity
import JSON
import JobQueue
import Redis

/// How tasks of several fairness keys share a queue.
struct TurnRoutes {
    let redis: RedisClient

    var routes: [AdminRoute] { [list] + [true, false].flatMap { [set(keyed: $0), remove(keyed: $0)] } }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/queues/{queue}/turns",
            "turns.list",
            .role(.viewer),
            "Shows the fairness keys of a queue that have tasks waiting or a weight of their own."
        ) { call in
            let turns = try await QueueInspector(redis: redis).turns(of: QueueName(call["queue"]))
            return try call.page(
                of: turns.map { turn in
                    [
                        "key": .string(turn.key), "weight": .double(turn.weight),
                        "waiting": .integer(Int64(turn.waiting)),
                    ]
                }
            )
        }
        .paged()
        .answering(
            Schemas.page(
                of: Schemas.shown([
                    "key": Schemas.of("string"), "weight": Schemas.of("number"), "waiting": Schemas.of("integer"),
                ])
            )
        )
    }

    /// Of a key, or of the tasks that have none.
    private func set(keyed: Bool) -> AdminRoute {
        AdminRoute(
            .put,
            "/queues/{queue}/turns" + (keyed ? "/{key}" : ""),
            keyed ? "turns.set" : "turns.set_keyless",
            .role(.operator),
            keyed
                ? "Gives a fairness key as many turns as its weight says; it counts from the next task on."
                : "Gives the tasks that have no fairness key as many turns as the weight says."
        ) { call in
            guard let weight = call.body["weight"]?.double else { return .none }
            let key = keyed ? try Self.key(call) : nil
            try await FairTurns(redis: redis).setWeight(weight, for: key, in: QueueName(call["queue"]))
            var reply = AdminReply.none
            reply.after = .object(call.body)
            return reply
        }
        .taking(
            Schemas.object(
                [
                    "weight": [
                        "type": "number", "minimum": .double(FairTurns.weights.lowerBound),
                        "maximum": .double(FairTurns.weights.upperBound),
                    ]
                ],
                required: ["weight"]
            )
        )
        .answering(204, nil)
    }

    private func remove(keyed: Bool) -> AdminRoute {
        AdminRoute(
            .delete,
            "/queues/{queue}/turns" + (keyed ? "/{key}" : ""),
            keyed ? "turns.remove" : "turns.remove_keyless",
            .role(.operator),
            keyed
                ? "Gives a fairness key one turn like any other again."
                : "Gives the tasks that have no fairness key one turn like any other again."
        ) { call in
            let key = keyed ? try Self.key(call) : nil
            let queue = QueueName(call["queue"])
            guard try await FairTurns(redis: redis).removeWeight(for: key, in: queue) else {
                throw AdminProblem(404, "not-found", "that key has no weight of its own in \(queue.rawValue)")
            }
            return .none
        }
        .answering(204, nil)
    }

    private static func key(_ call: AdminCall) throws(AdminProblem) -> FairnessKey {
        guard let key = FairnessKey(call["key"]) else {
            throw AdminProblem.invalid([.init("?key", "a fairness key takes up to 256 bytes when escaped")])
        }
        return key
    }
}
