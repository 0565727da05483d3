import Identity
import JSON
import JobQueue
import Redis

/// Queues: how full they are, what stands in them, pausing and emptying them.
struct QueueRoutes {
    let redis: RedisClient
    /// Those that are listed where none is named.
    let queues: [QueueName]

    var routes: [AdminRoute] { [list, show, messages, pause, resume, purge] }

    private var inspector: QueueInspector { QueueInspector(redis: redis) }
    private var control: QueueControl { QueueControl(redis: redis) }

    private var list: AdminRoute {
        AdminRoute(.get, "/queues", "queues.list", .role(.viewer), "Counts the messages of each queue by place.") {
            call in
            let names = call.texts("queue").map { QueueName($0) }
            let depths = try await inspector.depths(of: names.isEmpty ? queues : names)
            return try call.page(of: depths.map { .object(Self.view($0)) })
        }
        .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Only these queues.")
        .paged()
        .answering(Schemas.page(of: Self.queue))
    }

    private var show: AdminRoute {
        AdminRoute(.get, "/queues/{queue}", "queues.show", .role(.viewer), "Tells how one queue stands.") { call in
            let depths = try await inspector.depths(of: [QueueName(call["queue"])])
            return AdminReply(.object(Self.view(depths[0])), etag: Self.version(depths[0].pause))
        }
        .answering(Self.queue)
    }

    private var messages: AdminRoute {
        AdminRoute(
            .get,
            "/queues/{queue}/messages",
            "queues.peek",
            .role(.operator),
            "Shows the next messages, or the next that are due, and leaves them where they are."
        ) { call in
            let queue = QueueName(call["queue"])
            let all = try call.showsContents()
            let items: [JSONValue]
            if call.text("place") == "scheduled" {
                items = try await inspector.scheduled(call.limit, of: queue).map { task in
                    var view = MessageView.of(task.message, withContents: all)
                    view["due"] = .string(task.due.text)
                    view["in_seconds"] = task.wait.json
                    return .object(view)
                }
            } else {
                items = try await inspector.next(call.limit, of: queue).map {
                    .object(MessageView.of($0, withContents: all))
                }
            }
            var reply = AdminReply.page(items, next: nil)
            if all { reply.isRecorded = !call.isLocal }
            return reply
        }
        .query("place", Schemas.choice(["ready", "scheduled"]), "Where to look; ready by default.")
        .query("limit", Schemas.integer(1...10_000, default: 20), "How many at most.")
        .showingContents()
        .answering(Schemas.page(of: MessageView.schema))
    }

    private var pause: AdminRoute {
        AdminRoute(
            .put,
            "/queues/{queue}/pause",
            "queues.pause",
            .role(.operator),
            "Has a queue hand out nothing until it is resumed; one that is paused stays as it is."
        ) { call in
            let queue = QueueName(call["queue"])
            let before = try await inspector.depths(of: [queue])[0].pause
            try call.check(Self.version(before))
            let pause = QueuePause(by: call.subject, reason: call.body["reason"]?.string)
            let stands = try await control.pause(queue, as: pause)
            var reply = AdminReply(Self.view(stands), etag: Self.version(stands))
            reply.before = Self.view(before)
            reply.after = reply.body
            return reply
        }
        .taking(Schemas.object(["reason": .object(Schemas.text(500, "Why, for those who find it paused."))]))
        .answering(Self.pauseSchema)
    }

    private var resume: AdminRoute {
        AdminRoute(
            .delete,
            "/queues/{queue}/pause",
            "queues.resume",
            .role(.operator),
            "Ends a pause; a queue that is not paused stays as it is."
        ) { call in
            let queue = QueueName(call["queue"])
            if call.request.headers["if-match"] != nil {
                try call.check(Self.version(try await inspector.depths(of: [queue])[0].pause))
            }
            let ended = try await control.resume(queue)
            var view = Self.view(ended).object ?? ["since": .null, "by": .null, "reason": .null]
            view["resumed"] = .bool(ended != nil)
            var reply = AdminReply(.object(view))
            reply.before = Self.view(ended)
            reply.isRecorded = ended != nil
            return reply
        }
        .answering(
            Schemas.shown([
                "resumed": Schemas.of("boolean"), "since": Schemas.orNull("string"), "by": Schemas.orNull("string"),
                "reason": Schemas.orNull("string"),
            ])
        )
    }

    private var purge: AdminRoute {
        AdminRoute(
            .post,
            "/queues/{queue}/purge",
            "queues.purge",
            .role(.operator),
            "Removes the messages of the places named for good."
        ) { call in
            let queue = QueueName(call["queue"])
            var removed = JSONObject()
            for name in (call.body["places"]?.array ?? []).compactMap(\.string) {
                guard let place = QueueControl.Place(rawValue: name) else { continue }
                removed[name] = .integer(Int64(try await control.purge(place, of: queue)))
            }
            var reply = AdminReply(["removed": .object(removed)])
            reply.after = reply.body
            return reply
        }
        .needing(.purge)
        .taking(
            Schemas.object(
                [
                    "places": [
                        "type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true,
                        "items": .object(Schemas.choice(["ready", "scheduled", "dead"])),
                    ]
                ],
                required: ["places"]
            )
        )
        .answering(Schemas.shown(["removed": .object(Schemas.anything)]))
    }

    // MARK: Views

    private static let queue = Schemas.shown([
        "queue": Schemas.of("string"), "ready": Schemas.of("integer"), "in_flight": Schemas.of("integer"),
        "parked": Schemas.of("integer"), "limited": Schemas.of("integer"), "scheduled": Schemas.of("integer"),
        "dead": Schemas.of("integer"), "workers": Schemas.of("integer"), "oldest_seconds": Schemas.orNull("number"),
        "unaccounted": Schemas.of("integer"), "pause": .object(["anyOf": [.object(pauseSchema), ["type": "null"]]]),
    ])

    private static let pauseSchema = Schemas.shown([
        "since": Schemas.orNull("string"), "by": Schemas.orNull("string"), "reason": Schemas.orNull("string"),
    ])

    private static func view(_ depths: QueueDepths) -> JSONObject {
        let survey = depths.survey
        return [
            "queue": .string(depths.queue.rawValue), "ready": .integer(Int64(survey.ready)),
            "in_flight": .integer(Int64(survey.inFlight)), "parked": .integer(Int64(survey.parked)),
            "limited": .integer(Int64(survey.limited)), "scheduled": .integer(Int64(survey.scheduled)),
            "dead": .integer(Int64(survey.dead)), "workers": .integer(Int64(depths.workers)),
            "oldest_seconds": survey.oldestWait.json,
            "unaccounted": .integer(Int64(survey.unaccounted)), "pause": view(depths.pause),
        ]
    }

    private static func view(_ pause: QueuePause?) -> JSONValue {
        guard let pause else { return .null }
        return ["since": (pause.at?.text).json, "by": pause.by.json, "reason": pause.reason.json]
    }

    private static func version(_ pause: QueuePause?) -> String {
        pause.map { $0.at.map { String($0.milliseconds) } ?? "paused" } ?? "running"
    }
}
