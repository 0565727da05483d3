import Identity
import JSON
import JobQueue
import Redis

/// The workers, queue by queue.
struct WorkerRoutes {
    let redis: RedisClient
    let queues: [QueueName]

    var routes: [AdminRoute] {
        [
            AdminRoute(
                .get,
                "/workers",
                "workers.list",
                .role(.viewer),
                "Lists the workers of each queue, what is left of their leases, and how many tasks they hold."
            ) { call in
                let names = call.texts("queue").map { QueueName($0) }
                var workers: [RegisteredWorker] = []
                for name in names.isEmpty ? queues : names {
                    workers += try await QueueInspector(redis: redis).workers(of: name)
                }
                return try call.page(of: workers.map { .object(Self.view($0)) })
            }
            .query("queue", Schemas.list(of: Schemas.name, atMost: 50), "Only of these queues.")
            .paged()
            .answering(Schemas.page(of: Self.worker))
        ]
    }

    private static let worker = Schemas.shown([
        "worker": Schemas.of("string"), "queue": Schemas.of("string"),
        "state": .object(Schemas.choice(["alive", "expired", "condemned"])),
        "lease_seconds": Schemas.orNull("number"), "in_flight": Schemas.of("integer"),
    ])

    private static func view(_ worker: RegisteredWorker) -> JSONObject {
        let state =
            switch worker.leaseLeft {
            case nil: "condemned"
            case let left? where left <= .zero: "expired"
            case .some: "alive"
            }
        return [
            "worker": .string(worker.incarnation), "queue": .string(worker.queue.rawValue), "state": .string(state),
            "lease_seconds": worker.leaseLeft.json,
            "in_flight": .integer(Int64(worker.inFlight)),
        ]
    }
}
