extension Setting {
    /// What the assistant does by itself, and by which clock.
    static let automation: [Setting] = [
        Setting(
            "assistant.time_zone",
            "ASSISTANT_TIME_ZONE",
            .text,
            default: "Asia/Shanghai",
            "Zone of the tz database whose clocks reminders mean, and rules that name none."
        ),
        Setting(
            "automation.rules_file",
            "AUTOMATION_RULES_FILE",
            .path,
            "YAML file of rules that are run on events and schedules; none: no rules."
        ),
        Setting(
            "automation.poll_interval",
            "AUTOMATION_POLL_INTERVAL",
            .seconds(1...3_600),
            default: "10",
            "Seconds between two looks at whether the rules file changed."
        ),
    ]
}
