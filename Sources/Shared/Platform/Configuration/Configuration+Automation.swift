extension Configuration {
    /// What the assistant does by itself, and by which clock.
    package struct Automation: Sendable {
        /// Of the tz database; whether there is such a zone, only who reads the database knows.
        package let timeZone: String
        /// nil: there are no rules.
        package let rulesFile: String?
        /// Between two looks at the file.
        package let pollInterval: Duration
    }
}

extension Configuration.Automation {
    init(_ settings: SettingsResolver) {
        timeZone = settings.text("assistant.time_zone")
        rulesFile = settings.optionalText("automation.rules_file")
        pollInterval = settings.duration("automation.poll_interval")
    }
}
