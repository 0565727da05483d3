/// Everything that is wrong with a list of periodic jobs.
public struct ScheduleProblems: Error, Hashable, CustomStringConvertible {
    /// Each with the job's place in the list.
    public struct Entry: Hashable, Sendable {
        public let index: Int
        public let problem: ScheduleProblem
    }

    public let entries: [Entry]

    public var description: String {
        entries.map { "[\($0.index)].\($0.problem)" }.joined(separator: "; ")
    }
}

extension PeriodicJobs {
    /// Reads jobs that a configuration describes; see ``PeriodicJob/init(fields:zone:source:)``.
    ///
    /// - Parameters:
    ///   - descriptions: The fields of each.
    ///   - zone: The zone of those that name none.
    /// - Throws: Everything that is wrong with them.
    public init(described descriptions: [[String: String]], zone: String) throws(ScheduleProblems) {
        self.init()
        var entries: [ScheduleProblems.Entry] = []
        for (index, fields) in descriptions.enumerated() {
            do throws(ScheduleProblem) {
                try add(try PeriodicJob(fields: fields, zone: zone, source: .configuration))
            } catch {
                entries.append(.init(index: index, problem: error))
            }
        }
        guard entries.isEmpty else { throw ScheduleProblems(entries: entries) }
    }
}
