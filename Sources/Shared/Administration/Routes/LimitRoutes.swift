import Identity
import JSON
import JobQueue
import Redis

/// What the workers together may do for a queue, and how much may wait in it.
struct LimitRoutes {
    let redis: RedisClient

    var routes: [AdminRoute] { [list, set, remove, setBound, removeBound] }

    private var limits: QueueLimits { QueueLimits(redis: redis) }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/queues/{queue}/limits",
            "limits.list",
            .role(.viewer),
            "Shows the limits of a queue: what they allow, what runs under them and what waits for them."
        ) { call in
            let limits = try await QueueInspector(redis: redis).limits(of: QueueName(call["queue"]))
            return try call.page(of: limits.map { .object(Self.view($0)) })
        }
        .paged()
        .answering(Schemas.page(of: Self.limit))
    }

    private var set: AdminRoute {
        AdminRoute(
            .put,
            "/queues/{queue}/limits/{limit}",
            "limits.set",
            .role(.operator),
            "Defines a limit; it counts from the next task on, on every worker."
        ) { call in
            let name = try Self.name(call)
            let limit = try Self.limit(call.body)
            let queue = QueueName(call["queue"])
            let before = try await limits.all(of: queue)[name]
            try await limits.set(limit, for: name, in: queue)
            var reply = AdminReply(Self.view(limit))
            reply.before = before.map { Self.view($0) }
            reply.after = reply.body
            return reply
        }
        .taking(
            Schemas.object([
                "concurrency": .object(Schemas.integer(0...1_000_000_000)),
                "rate": .object(
                    Schemas.object(
                        [
                            "units": ["type": "number", "exclusiveMinimum": 0, "maximum": 1e15],
                            "seconds": ["type": "number", "minimum": 0.001, "maximum": 1e9],
                        ],
                        required: ["units", "seconds"]
                    )
                ),
                "burst": ["type": "number", "minimum": 1, "maximum": 1e15],
            ])
        )
        .answering(Self.definition)
    }

    private var remove: AdminRoute {
        AdminRoute(
            .delete,
            "/queues/{queue}/limits/{limit}",
            "limits.remove",
            .role(.operator),
            "Ends a limit; what waits for it is handed out next."
        ) { call in
            let name = try Self.name(call)
            let queue = QueueName(call["queue"])
            let before = try await limits.all(of: queue)[name]
            guard try await limits.remove(name, in: queue) else {
                throw AdminProblem(404, "not-found", "\(queue.rawValue) has no such limit")
            }
            var reply = AdminReply.none
            reply.before = before.map { Self.view($0) }
            return reply
        }
        .answering(204, nil)
    }

    private var setBound: AdminRoute {
        AdminRoute(
            .put,
            "/queues/{queue}/bound",
            "limits.bound",
            .role(.operator),
            "Bounds how many tasks may wait in a queue's list; producers of more are refused, or the oldest goes."
        ) { call in
            guard let length = call.body["length"]?.wholeNumber else { return .none }
            let drops = call.body["drop_oldest"]?.bool == true
            let bound = QueueBound(length: Int(length), policy: drops ? .dropOldest : .refuse)
            return try await change(call, to: bound)
        }
        .taking(
            Schemas.object(
                [
                    "length": .object(Schemas.integer(1...1_000_000_000)),
                    "drop_oldest": [
                        "type": "boolean", "default": false,
                        "description": "Let the oldest task go instead of refusing the new one.",
                    ],
                ],
                required: ["length"]
            )
        )
        .answering(204, nil)
    }

    private var removeBound: AdminRoute {
        AdminRoute(
            .delete,
            "/queues/{queue}/bound",
            "limits.unbound",
            .role(.operator),
            "Lets as many tasks wait in a queue's list as come."
        ) { call in
            try await change(call, to: nil)
        }
        .answering(204, nil)
    }

    private func change(_ call: AdminCall, to bound: QueueBound?) async throws -> AdminReply {
        let queue = QueueName(call["queue"])
        var reply = AdminReply.none
        reply.before = Self.view(try await limits.bound(of: queue))
        try await limits.setBound(bound, of: queue)
        reply.after = Self.view(bound)
        return reply
    }

    // MARK: What is meant

    private static func name(_ call: AdminCall) throws(AdminProblem) -> LimitName {
        guard let name = LimitName(call["limit"]) else {
            throw AdminProblem.invalid([.init("?limit", "a name takes 1 to 256 bytes when escaped")])
        }
        return name
    }

    private static func limit(_ body: JSONObject) throws(AdminProblem) -> QueueLimit {
        var limit = QueueLimit(concurrency: body["concurrency"]?.wholeNumber.flatMap { Int(exactly: $0) })
        if let rate = body["rate"], let units = rate["units"]?.double, let seconds = rate["seconds"]?.double {
            limit.rate = QueueLimit.Rate(units, per: .seconds(seconds), burst: body["burst"]?.double)
        }
        guard limit.concurrency != nil || limit.rate != nil else {
            throw AdminProblem.invalid([.init("", "expected concurrency, rate or both")])
        }
        guard body["burst"] == nil || limit.rate != nil else {
            throw AdminProblem.invalid([.init("/burst", "goes with a rate")])
        }
        return limit
    }

    // MARK: Views

    private static let rate: JSONObject = [
        "type": ["object", "null"],
        "properties": ["units": Schemas.of("number"), "seconds": Schemas.of("number")],
    ]

    private static let definition = Schemas.shown([
        "concurrency": Schemas.orNull("integer"), "rate": .object(rate), "burst": Schemas.orNull("number"),
    ])

    private static let limit = Schemas.shown([
        "limit": Schemas.of("string"), "concurrency": Schemas.orNull("integer"), "rate": .object(rate),
        "burst": Schemas.orNull("number"), "running": Schemas.of("integer"), "waiting": Schemas.of("integer"),
        "rests_seconds": Schemas.orNull("number"),
    ])

    private static func view(_ limit: QueueLimit) -> JSONValue {
        let rate = limit.rate
        return [
            "concurrency": limit.concurrency.json,
            "rate": rate.map { ["units": .double($0.units), "seconds": $0.period.json] } ?? .null,
            // What gathers where nothing is said.
            "burst": rate.map { .double($0.burst ?? $0.units) } ?? .null,
        ]
    }

    private static func view(_ state: LimitState) -> JSONObject {
        var view = Self.view(state.limit ?? QueueLimit()).object ?? [:]
        view["limit"] = .string(state.name)
        view["running"] = .integer(Int64(state.running))
        view["waiting"] = .integer(Int64(state.waiting))
        view["rests_seconds"] = state.rests.json
        return view
    }

    private static func view(_ bound: QueueBound?) -> JSONValue {
        guard let bound else { return .null }
        return ["length": .integer(Int64(bound.length)), "drop_oldest": .bool(bound.policy == .dropOldest)]
    }
}
