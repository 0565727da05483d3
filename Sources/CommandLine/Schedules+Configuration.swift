import JobQueue
import Platform

extension Configuration {
    /// The periodic jobs of the list `schedules`.
    ///
    /// - Throws: Everything that is wrong with them.
    func periodicJobs() throws(ScheduleProblems) -> PeriodicJobs {
        try PeriodicJobs(described: schedules.map(\.fields), zone: automation.timeZone)
    }
}
