extension Setting {
    /// How much of Feishu's API may be used.
    static let feishuLimits: [Setting] = [
        Setting(
            "feishu.monthly_quota",
            "FEISHU_MONTHLY_QUOTA",
            .integer(0...1_000_000_000),
            default: "0",
            "API calls a month of the company's Feishu plan; near its end answers come as plain messages. 0: no limit."
        ),
        Setting(
            "feishu.streaming_calls_per_minute",
            "FEISHU_STREAMING_CALLS_PER_MINUTE",
            .integer(0...60_000),
            default: "1000",
            "Calls a minute that stream text into cards, for each app; 0: only what Feishu allows each card."
        ),
    ]
}
