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
    /// In what form tasks are enqueued. Throws where its keys cannot be read.
    let payload: @Sendable () throws -> JobPayload

    var routes: [AdminRoute] { [list, put, preview, remove, pause, resume, run] }

    private var control: PeriodicControl { PeriodicControl(redis: redis) }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/schedules",
            "schedules.list",
            .role(.viewer),
            "Shows the periodic jobs: when each happens next, and what became of it so far."
        ) { call in
            try call.page(of: try await control.list().map { .object(ScheduleView.of($0)) })
        }
        .paged()
        .answering(Schemas.page(of: ScheduleView.schema))
    }

    private var put: AdminRoute {
        AdminRoute(
            .put,
            "/schedules/{name}",
            "schedules.put",
            .role(.operator),
            "Adds a periodic job, or changes one that was added while the workers ran (not with If-None-Match: *)."
        ) { call in
            let job = try job(call)
            switch try await control.add(job, replacing: call.request.headers["if-none-match"] == nil) {
            case .added(let next):
                var reply = AdminReply(.object(ScheduleView.of(job, next: next)))
                reply.after = .object(call.body)
                return reply
            case .exists(.runTime):
                throw AdminProblem(412, "exists", "there is a periodic job \(job.name)")
            case .exists(let source):
                throw AdminProblem(
                    409,
                    "belongs",
                    "there is a periodic job \(job.name), which comes from \(source.rawValue): change it there, "
                        + "or give this one another name"
                )
            case .tooMany:
                throw AdminProblem(
                    409,
                    "too-many",
                    "there are as many periodic jobs as there may be; remove some first"
                )
            }
        }
        .taking(Self.definition)
        .answering(ScheduleView.times)
        .refusing(409, 412)
    }

    private var preview: AdminRoute {
        AdminRoute(
            .post,
            "/schedules/{name}/preview",
            "schedules.preview",
            .role(.viewer),
            "Tells when a periodic job would happen; nothing is stored."
        ) { call in
            let job = try job(call)
            return AdminReply(.object(ScheduleView.of(job, next: job.next(after: .now))))
        }
        .taking(Self.definition)
        .answering(ScheduleView.times)
        .reading()
    }

    private var remove: AdminRoute {
        AdminRoute(
            .delete,
            "/schedules/{name}",
            "schedules.remove",
            .role(.operator),
            "Removes a periodic job; its tasks that are enqueued already stay."
        ) { call in
            switch try await control.remove(call["name"], evenIfOwned: call.flag("force")) {
            case .removed: return .none
            case .none: throw AdminProblem(404, "not-found", "there is no periodic job \(call["name"])")
            case .belongs(let source):
                throw AdminProblem(
                    409,
                    "belongs",
                    "\(call["name"]) comes from \(source.rawValue): remove it there, or pause it "
                        + "(force removes it until a worker starts)"
                )
            }
        }
        .query(
            "force",
            ["type": "boolean", "default": false],
            "Also where it comes from code or configuration of a program that is no more."
        )
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
        AdminRoute(
            .delete,
            "/schedules/{name}/pause",
            "schedules.resume",
            .role(.operator),
            "Ends a pause; a job that is not paused stays as it is."
        ) { call in
            var reply: AdminReply
            switch try await control.resume(call["name"]) {
            case .resumed(let pause, let next):
                reply = AdminReply([
                    "resumed": true, "next": (next?.text).json, "since": (pause.at?.text).json, "by": pause.by.json,
                    "reason": pause.reason.json,
                ])
            case .notPaused:
                reply = AdminReply(["resumed": false, "next": .null, "since": .null, "by": .null, "reason": .null])
                reply.isRecorded = false
            case .none: throw AdminProblem.notFound("periodic job of that name")
            }
            return reply
        }
        .answering(
            Schemas.shown([
                "resumed": Schemas.of("boolean"), "next": Schemas.orNull("string"), "since": Schemas.orNull("string"),
                "by": Schemas.orNull("string"), "reason": Schemas.orNull("string"),
            ])
        )
    }

    private var run: AdminRoute {
        AdminRoute(
            .post,
            "/schedules/{name}/run",
            "schedules.run",
            .role(.operator),
            "Enqueues a periodic job's task now, paused or not; its times stay as they are."
        ) { call in
            let payload: JobPayload
            do {
                payload = try self.payload()
            } catch {
                throw AdminProblem(409, "no-payload-keys", "nothing is enqueued: \(error)")
            }
            let task = try await control.run(call["name"], durability: durability, payload: payload)
            guard let task else { throw AdminProblem.notFound("periodic job of that name") }
            return AdminReply(["id": .string(task.id.rawValue), "queue": .string(task.queue.rawValue)], status: 202)
        }
        .answering(202, Schemas.shown(["id": Schemas.of("string"), "queue": Schemas.of("string")]))
        .refusing(409)
    }
    /// The job that a request describes.
    private func job(_ call: AdminCall) throws(AdminProblem) -> PeriodicJob {
        var fields: [String: String] = ["name": call["name"]]
        for member in call.body.members {
            fields[member.key] = member.value.string ?? member.value.wholeNumber.map(String.init) ?? member.value.text
        }
        do throws(ScheduleProblem) {
            return try PeriodicJob(fields: fields, zone: zone, source: .runTime)
        } catch {
            throw AdminProblem.invalid([.init(error.field == "name" ? "" : "/\(error.field)", error.explanation)])
        }
    }

    private static let definition = Schemas.object(
        [
            "cron": .object(Schemas.text(200)), "every": .object(Schemas.text(20, "Seconds.")),
            "zone": .object(Schemas.text(64)), "task": .object(Schemas.name),
            "args": ["type": "array"], "kwargs": ["type": "object"], "queue": .object(Schemas.name),
            "priority": .object(Schemas.integer(0...9)), "expires": .object(Schemas.text(20, "Seconds.")),
            "ordering_key": .object(Schemas.name), "catch_up": .object(Schemas.choice(["skip", "once", "all"])),
            "at_most": .object(Schemas.integer(1...60)), "catch_up_within": .object(Schemas.text(20, "Seconds.")),
            "start": .object(Schemas.text(64)), "end": .object(Schemas.text(64)),
            "jitter": .object(Schemas.text(20, "Seconds.")),
        ],
        required: ["task", "queue"]
    )
}
