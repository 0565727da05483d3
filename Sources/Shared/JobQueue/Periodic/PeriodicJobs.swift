/// The periodic jobs that a program brings along, each under a name of its own.
public struct PeriodicJobs: Sendable {
    /// In the order in which they were added.
    public private(set) var all: [PeriodicJob] = []

    public init() {}

    /// Adds one.
    ///
    /// - Throws: `ScheduleProblem` where another has its name, or one of its values is out of range.
    public mutating func add(_ job: PeriodicJob) throws(ScheduleProblem) {
        try job.validate()
        guard !all.contains(where: { $0.name == job.name }) else {
            throw ScheduleProblem("name", "two periodic jobs are called \(ScheduleProblem.quote(job.name))")
        }
        guard all.count < PeriodicScripts.mostJobs else {
            throw ScheduleProblem("name", "at most \(PeriodicScripts.mostJobs) periodic jobs")
        }
        all.append(job)
    }
}
