extension Setting {
    /// What becomes of meetings.
    static let minutes: [Setting] = [
        Setting(
            "minutes.documents",
            "MINUTES_DOCUMENTS",
            .flag,
            default: "true",
            "Whether minutes get a Feishu document, with the transcript, that the chat and those who took part may read."
        )
    ]
}
