extension Configuration {
    /// What workers store and tell of the tasks that they run.
    package struct Results: Sendable {
        /// Whether `STARTED` is stored of each attempt.
        package let tracksStart: Bool
        /// Whether results tell name, arguments, worker, retries and queue.
        package let isExtended: Bool
        /// How long results are kept; zero for ever.
        package let expires: Duration
        /// How long failures are kept; nil for as long as others.
        package let failureExpires: Duration?
        /// Whether monitors are told of each task that a worker puts into a queue.
        package let sentEvents: Bool
    }
}

extension Configuration.Results {
    init(_ settings: SettingsResolver) {
        tracksStart = settings.text("worker.track_started") == "true"
        isExtended = settings.text("worker.extended_results") == "true"
        expires = settings.duration("worker.result_expires")
        failureExpires = settings.optionalNumber("worker.result_failure_expires").map { .seconds($0) }
        sentEvents = settings.text("worker.task_sent_events") == "true"
    }
}
