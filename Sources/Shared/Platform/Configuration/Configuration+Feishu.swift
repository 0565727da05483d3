extension Configuration.Feishu {
    /// How much of Feishu's API may be used.
    package struct Limits: Sendable {
        /// Calls a month, for each app; nil for no limit.
        package let monthlyQuota: Int64?
        /// Calls a minute that stream text, for each app; nil for no limit but each card's own.
        package let streamingCallsPerMinute: Int64?

        /// Zero stands for no limit.
        init(monthlyQuota: Int, streamingCallsPerMinute: Int) {
            self.monthlyQuota = monthlyQuota > 0 ? Int64(monthlyQuota) : nil
            self.streamingCallsPerMinute = streamingCallsPerMinute > 0 ? Int64(streamingCallsPerMinute) : nil
        }
    }
}
