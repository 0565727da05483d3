/// The account of one storm.
struct StormReport: CustomStringConvertible {
    var jobs = 0
    var refusals = 0
    var kills = 0
    var stops = 0
    /// Replies and requests that were lost, cut, or held up, by what was done.
    var drops = 0
    var duplicates = 0
    var delays = 0
    var refusedConnections = 0
    var restarts = 0
    /// Words of workers that were refused because their lease was gone.
    var fenced = 0
    var lost = 0
    var repeats = 0
    /// Milliseconds from a kill or a stop to the effects of the tasks that were in that worker's hands.
    var deaths: [Int64] = []
    /// The same from a fault of a connection.
    var faults: [Int64] = []

    var description: String {
        let each = kills + stops > 0 ? Double(repeats * 10 / (kills + stops)) / 10 : 0
        return """
            \(jobs) jobs acknowledged (\(refusals) calls repeated), \(lost) lost; \(kills) kills, \(stops) stops, \
            \(drops) drops, \(duplicates) duplicates, \(delays) delays, \(refusedConnections) times no new connections, \
            \(restarts) restarts of Redis; \(repeats) runs again, \(each) for each kill or stop; \(fenced) late words refused; \
            recovery after kills and stops p50 \(Self.quantile(deaths, 50)) ms, p99 \(Self.quantile(deaths, 99)) ms \
            (\(deaths.count) tasks), after faults of connections p50 \(Self.quantile(faults, 50)) ms, \
            p99 \(Self.quantile(faults, 99)) ms (\(faults.count) tasks)
            """
    }

    static func quantile(_ values: [Int64], _ percent: Int) -> Int64 {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }
}
