import Feishu
package import JSON
package import JobQueue

/// What one run of a rule is about.
package struct AutomationArguments: Codable, Sendable {
    package let rule: String
    package let appID: String
    /// The event that made it run; nil for a time.
    package let event: JSONValue?
    /// What names the run among all of the rule: the event's id; nil where the task's own time does.
    package let occasion: String?
    /// When it was to happen, in milliseconds since 1970; nil where the task's own time says so.
    package let at: Int64?

    enum CodingKeys: String, CodingKey {
        case rule, event, occasion, at
        case appID = "app_id"
    }

    /// A run at a time.
    init(rule: String, appID: String) {
        self.rule = rule
        self.appID = appID
        event = nil
        occasion = nil
        at = nil
    }

    /// A run on an event.
    ///
    /// - Parameters:
    ///   - rule: its name.
    ///   - appID: whose event it is.
    ///   - event: the event.
    ///   - now: milliseconds since 1970.
    init(rule: String, appID: String, event: AutomationEvent, now: Int64) {
        self.rule = rule
        self.appID = appID
        self.event = event.json
        occasion = event.id
        at = now
    }

    /// The rule among those of all apps.
    var subject: String { "automation:\(appID):\(rule)" }
}

/// One run of a rule, with when and for what.
struct RuleRun: Sendable {
    let rule: String
    let appID: String
    let event: JSONValue?
    /// When it was to happen, in milliseconds since 1970.
    let at: Int64
    /// The same for every proposal of the same run: by it the first is taken and the others are not.
    let key: String

    /// - Parameters:
    ///   - arguments: those of the task.
    ///   - time: that of the periodic job which the task is of.
    /// - Throws: `RuleFailure` where neither says when.
    init(_ arguments: AutomationArguments, periodicTime time: WireTime?) throws(RuleFailure) {
        guard let at = arguments.at ?? time?.milliseconds else { throw RuleFailure(.noTime) }
        rule = arguments.rule
        appID = arguments.appID
        event = arguments.event
        self.at = at
        key = "\(arguments.subject):\(arguments.occasion ?? "\(at)")"
    }
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
            let arguments = AutomationArguments(rule: rule.name, appID: appID, event: event, now: now)
            let key = "\(arguments.subject):\(event.id)"
            let options = EnqueueOptions(deduplicationKey: key, taskID: .derived(from: key))
            try await enqueue(AutomationJob.self, arguments, options: options)
        }
        return matching.count
    }
}
