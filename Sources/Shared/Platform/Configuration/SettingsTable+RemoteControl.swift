extension Setting {
    /// What workers show to Celery's tools, and let them do.
    static let remoteControl: [Setting] = [
        Setting(
            "worker.remote_control",
            "WORKER_REMOTE_CONTROL",
            .flag,
            default: "true",
            "Whether the worker tells monitors that it is there and answers celery inspect and celery control."
        ),
        Setting(
            "worker.task_events",
            "WORKER_TASK_EVENTS",
            .flag,
            default: "false",
            "Whether it publishes the events of its tasks from its start on; monitors can switch them on, too."
        ),
        Setting(
            "worker.heartbeat_interval",
            "WORKER_HEARTBEAT_INTERVAL",
            .seconds(0.1...300),
            default: "2",
            "Seconds between two heartbeats to monitors, which take a worker as gone after twice that."
        ),
        Setting(
            "worker.name",
            "WORKER_NAME",
            .text,
            "What monitors call the worker, unique in the fleet: %h the host, %i the process; none: a random name."
        ),
    ]
}
