extension Configuration {
    /// What becomes of meetings.
    package struct Minutes: Sendable {
        /// Whether minutes get a document of Feishu's, too.
        package let documents: Bool
    }
}

extension Configuration.Minutes {
    init(_ settings: SettingsResolver) {
        documents = settings.text("minutes.documents") == "true"
    }
}
