extension Configuration {
    /// What the assistant looks things up in.
    package struct Knowledge: Sendable {
        /// nil: nothing is looked up.
        package let folder: String?
        /// Between two looks at the folder.
        package let pollInterval: Duration
        package let maximumPassages: Int
        /// Files that one chat may have the bot remember; 0: none are remembered.
        package let keptFiles: Int
        /// Of the text of all of them.
        package let keptBytes: Int
        package let keptFor: Duration
    }
}

extension Configuration.Knowledge {
    init(_ settings: SettingsResolver) {
        folder = settings.optionalText("knowledge.folder")
        pollInterval = settings.duration("knowledge.poll_interval")
        maximumPassages = settings.integer("knowledge.max_passages")
        keptFiles = settings.integer("knowledge.kept_files")
        keptBytes = settings.integer("knowledge.kept_bytes")
        keptFor = settings.duration("knowledge.kept_for")
    }
}
