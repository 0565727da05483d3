extension Setting {
    /// What workers store and tell of the tasks that they run.
    static let results: [Setting] = [
        Setting(
            "worker.track_started",
            "WORKER_TRACK_STARTED",
            .flag,
            default: "false",
            "Whether a worker stores that a task has begun (STARTED), a round trip each; Celery's task_track_started."
        ),
        Setting(
            "worker.extended_results",
            "WORKER_EXTENDED_RESULTS",
            .flag,
            default: "false",
            "Whether results also tell name, arguments, worker, retries and queue; Celery's result_extended."
        ),
        Setting(
            "worker.result_expires",
            "WORKER_RESULT_EXPIRES",
            .seconds(0...31_536_000),
            default: "86400",
            "Seconds that results and the keys of chords are kept; 0: for ever. Celery's result_expires."
        ),
        Setting(
            "worker.result_failure_expires",
            "WORKER_RESULT_FAILURE_EXPIRES",
            .seconds(0...31_536_000),
            "Seconds that failures are kept, 0: for ever; none: as long as others. Celery's result_failure_expires."
        ),
        Setting(
            "worker.task_sent_events",
            "WORKER_TASK_SENT_EVENTS",
            .flag,
            default: "false",
            "Whether monitors are told of each task that a worker puts into a queue; Celery's task_send_sent_event."
        ),
    ]
}
