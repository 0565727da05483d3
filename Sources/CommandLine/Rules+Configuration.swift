import Assistant
import Platform
import TimeZones

extension Configuration.Automation {
    /// The rules in the file that is configured; none without one.
    ///
    /// - Throws: everything that is wrong with them, or with the zone whose clocks they mean.
    func rules() throws(RuleProblems) -> Rules {
        guard let zone = TimeZoneRules(named: timeZone) else {
            throw RuleProblems(problems: [
                RuleProblem(path: "assistant.time_zone", explanation: "\(timeZone) is no time zone of the tz database")
            ])
        }
        guard let rulesFile else { return .none }
        return try RulesFile.rules(at: rulesFile, zone: zone)
    }
}
