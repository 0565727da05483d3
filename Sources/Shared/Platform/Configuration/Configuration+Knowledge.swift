extension Configuration {
    /// What the assistant looks things up in.
    package struct Knowledge: Sendable {
        /// nil: nothing is looked up.
        package let folder: String?
        /// Between two looks at the folder.
        package let pollInterval: Duration
        package let maximumPassages: Int
    }
}

extension Configuration.Knowledge {
    init(_ settings: SettingsResolver) {
        folder = settings.optionalText("knowledge.folder")
        pollInterval = settings.duration("knowledge.poll_interval")
        maximumPassages = settings.integer("knowledge.max_passages")
    }
}
