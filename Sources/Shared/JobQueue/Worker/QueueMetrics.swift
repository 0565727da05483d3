import Metrics

/// What a worker tells of a queue as a whole, from time to time.
struct QueueMetrics: Sendable {
    private let depths: [String: Gauge]
    private let oldest: Gauge
    private let unaccounted: Gauge
    private let outbox: Gauge

    init(_ queue: QueueName) {
        let dimensions = [("queue", queue.rawValue)]
        let places = ["ready", "scheduled", "in_flight", "parked", "limited", "dead"]
        depths = Dictionary(
            uniqueKeysWithValues: places.map { place in
                (place, Gauge(label: "queue_tasks", dimensions: dimensions + [("place", place)]))
            }
        )
        oldest = Gauge(label: "queue_oldest_seconds", dimensions: dimensions)
        unaccounted = Gauge(label: "jobs_unaccounted", dimensions: dimensions)
        outbox = Gauge(label: "queue_outbox_entries", dimensions: dimensions)
    }

    func record(_ survey: QueueSurvey) {
        let counts = [
            "ready": survey.ready, "scheduled": survey.scheduled, "in_flight": survey.inFlight,
            "parked": survey.parked, "limited": survey.limited, "dead": survey.dead,
        ]
        for (place, count) in counts { depths[place]?.record(count) }
        oldest.record(Double((survey.oldestWait ?? .zero).milliseconds) / 1000)
        unaccounted.record(survey.unaccounted)
        outbox.record(survey.outbox)
    }
}
