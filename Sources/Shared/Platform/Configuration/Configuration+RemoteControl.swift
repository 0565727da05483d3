extension Configuration {
    /// What a worker shows to Celery's tools, and lets them do.
    package struct RemoteControl: Sendable {
        /// Whether it tells that it is there, and answers.
        package let isEnabled: Bool
        /// Whether it publishes the events of its tasks from its start on.
        package let taskEvents: Bool
        package let heartbeat: Duration
        /// With placeholders; nil for a name that nobody else has.
        package let name: String?
    }
}

extension Configuration.RemoteControl {
    init(_ settings: SettingsResolver) {
        isEnabled = settings.text("worker.remote_control") == "true"
        taskEvents = settings.text("worker.task_events") == "true"
        heartbeat = settings.duration("worker.heartbeat_interval")
        name = settings.optionalText("worker.name")
    }
}
