import Feishu
package import JSON
package import JobQueue

/// What one run of a rule is about.
package struct AutomationArguments: Codable, Sendable {
    package let rule: String
    package let appID: String
    /// The event that made it run; nil for a schedule.
    package let event: JSONValue?
    /// What names the run among all of the rule: the event's id, or the time of the schedule.
    package let occasion: String
    /// When it was to happen, in milliseconds since 1970.
    package let at: Int64

    enum CodingKeys: String, CodingKey {
        case rule, event, occasion, at
        case appID = "app_id"
    }

    /// The same for every proposal of the same run: by it the first is taken and the others are not.
    var key: String { "automation:\(appID):\(rule):\(occasion)" }

    var options: EnqueueOptions { EnqueueOptions(deduplicationKey: key, taskID: .derived(from: key)) }
}

extension JobContext {
    /// Enqueues a run of each rule that an event makes run, once however often this is called for the event.
    ///
    /// - Parameters:
    ///   - rules: those in force.
    ///   - event: as Feishu delivered it, decrypted.
    ///   - appID: whose event it is.
    ///   - now: milliseconds since 1970.
    /// - Returns: how many rules run on it.
    /// - Throws: `JobQueueError`.
    @discardableResult
    package func runRules(
        _ rules: Rules,
        on event: JSONValue,
        ofApp appID: String,
        now: Int64 = WallClock.milliseconds
    ) async throws(JobQueueError) -> Int {
        guard !rules.rules.isEmpty, let event = AutomationEvent(event) else { return 0 }
        let matching = rules.matching(event, ofApp: appID)
        for rule in matching {
            let arguments = AutomationArguments(
                rule: rule.name,
                appID: appID,
                event: event.json,
                occasion: event.id,
                at: now
            )
            try await enqueue(AutomationJob.self, arguments, options: arguments.options)
        }
        return matching.count
    }
}
