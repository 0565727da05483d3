import Identity
import JSON
import JobPayload
import JobQueue
import Redis

/// What is enqueued again and again.
struct ScheduleRoutes {
    let redis: RedisClient
    /// Whose clocks a cron expression means that names none.
    let zone: String
    let durability: Durability
    let payload: JobPayload

    var routes: [AdminRoute] { [list, put, remove, pause, resume, run] }

    private var control: PeriodicControl { PeriodicControl(redis: redis) }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/schedules",
            "schedules.list",
            .role(.viewer),
            "Shows the periodic jobs: when each happens next, and what became of it so far."
        ) { call in
            try call.page(of: try await control.list().map { .object(Self.view($0)) })
        }
        .paged()
        .answering(Schemas.page(of: Self.schedule))
    }

    private var put: AdminRoute {
        AdminRoute(
            .put,
            "/schedules/{name}",
            "schedules.put",
            .role(.operator),
            "Adds a periodic job, or changes one that was added while the workers ran."
        ) { call in
            var fields: [String: String] = ["name": call["name"]]
            for member in call.body.members { fields[member.key] = member.value.string ?? member.value.text }
            let job: PeriodicJob
            do throws(ScheduleProblem) {
                job = try PeriodicJob(fields: fields, zone: zone, source: .runTime)
            } catch {
                throw AdminProblem.invalid([.init(error.field == "name" ? "" : "/\(error.field)", error.explanation)])
            }
            switch try await control.add(job, replacing: true) {
            case .added(let next):
                var reply = AdminReply(["name": .string(job.name), "next": (next?.text).json])
                reply.after = .object(call.body)
                return reply
            case .exists(let source):
                throw AdminProblem(409, "belongs", "it comes from \(source.rawValue): change it there")
            case .tooMany:
                throw AdminProblem(
                    409,
                    "too-many",
                    "there are as many periodic jobs as there may be; remove some first"
                )
            }
        }
        .taking(
            Schemas.object(
                [
                    "cron": .object(Schemas.text(200)), "every": .object(Schemas.text(20, "Seconds.")),
                    "zone": .object(Schemas.text(64)), "task": .object(Schemas.name),
                    "args": ["type": "array"], "kwargs": ["type": "object"], "queue": .object(Schemas.name),
                    "priority": .object(Schemas.integer(0...9)), "expires": .object(Schemas.text(20, "Seconds.")),
                    "ordering_key": .object(Schemas.name),
                    "catch_up": .object(Schemas.choice(["skip", "once", "all"])),
                    "at_most": .object(Schemas.integer(1...60)),
                    "catch_up_within": .object(Schemas.text(20, "Seconds.")), "start": .object(Schemas.text(64)),
                    "end": .object(Schemas.text(64)), "jitter": .object(Schemas.text(20, "Seconds.")),
                ],
                required: ["task", "queue"]
            )
        )
        .answering(Schemas.shown(["name": Schemas.of("string"), "next": Schemas.orNull("string")]))
        .refusing(409)
    }

    private var remove: AdminRoute {
        AdminRoute(.delete, "/schedules/{name}", "schedules.remove", .role(.operator), "Removes a periodic job.") {
            call in
            switch try await control.remove(call["name"], evenIfOwned: false) {
            case .removed: return .none
            case .none: throw AdminProblem.notFound("periodic job of that name")
            case .belongs(let source):
                throw AdminProblem(409, "belongs", "it comes from \(source.rawValue): remove it there, or pause it")
            }
        }
        .answering(204, nil)
        .refusing(409)
    }

    private var pause: AdminRoute {
        AdminRoute(
            .put,
            "/schedules/{name}/pause",
            "schedules.pause",
            .role(.operator),
            "Lets a periodic job happen no more until it is resumed; one that is paused stays as it is."
        ) { call in
            let pause = QueuePause(by: call.subject, reason: call.body["reason"]?.string)
            guard let stands = try await control.pause(call["name"], as: pause) else {
                throw AdminProblem.notFound("periodic job of that name")
            }
            return AdminReply([
                "since": (stands.at?.text).json, "by": stands.by.json, "reason": stands.reason.json,
            ])
        }
        .taking(Schemas.object(["reason": .object(Schemas.text(500, "Why, for those who find it paused."))]))
        .answering(
            Schemas.shown([
                "since": Schemas.orNull("string"), "by": Schemas.orNull("string"), "reason": Schemas.orNull("string"),
            ])
        )
    }

    private var resume: AdminRoute {
        AdminRoute(.delete, "/schedules/{name}/pause", "schedules.resume", .role(.operator), "Ends a pause.") { call in
            switch try await control.resume(call["name"]) {
            case .resumed: return .none
            case .notPaused: throw AdminProblem.notFound("pause of that periodic job")
            case .none: throw AdminProblem.notFound("periodic job of that name")
            }
        }
        .answering(204, nil)
    }

    private var run: AdminRoute {
        AdminRoute(
            .post,
            "/schedules/{name}/run",
            "schedules.run",
            .role(.operator),
            "Enqueues a periodic job's task now, paused or not; its times stay as they are."
        ) { call in
            let task = try await control.run(call["name"], durability: durability, payload: payload)
            guard let task else { throw AdminProblem.notFound("periodic job of that name") }
            return AdminReply(["id": .string(task.id.rawValue), "queue": .string(task.queue.rawValue)], status: 202)
        }
        .answering(202, Schemas.shown(["id": Schemas.of("string"), "queue": Schemas.of("string")]))
        .refusing(409)
    }

    private static let schedule = Schemas.shown([
        "name": Schemas.of("string"), "when": Schemas.orNull("string"), "task": Schemas.orNull("string"),
        "queue": Schemas.orNull("string"), "next": Schemas.orNull("string"), "last": Schemas.orNull("string"),
        "last_task": Schemas.orNull("string"), "tasks": Schemas.of("integer"), "source": Schemas.orNull("string"),
        "missed": Schemas.orNull("string"), "paused_since": Schemas.orNull("string"),
        "paused_by": Schemas.orNull("string"), "paused_reason": Schemas.orNull("string"),
        "problem": Schemas.orNull("string"),
    ])

    private static func view(_ listing: PeriodicListing) -> JSONObject {
        let job = try? listing.job.get()
        var problem: String?
        if case .failure(let error) = listing.job { problem = error.description }
        return [
            "name": .string(listing.name), "when": (job?.schedule.description).json,
            "task": (job?.task.rawValue).json, "queue": (job?.queue.rawValue).json, "next": (listing.next?.text).json,
            "last": (listing.last?.text).json, "last_task": (listing.lastTask?.rawValue).json,
            "tasks": .integer(listing.count), "source": (job?.source.rawValue).json,
            "missed": (listing.skipped?.text).json,
            "paused_since": listing.pause.map { .string($0.at?.text ?? "unknown") } ?? .null,
            "paused_by": (listing.pause?.by).json, "paused_reason": (listing.pause?.reason).json,
            "problem": problem.json,
        ]
    }
}
