import Foundation

/// How the memory of a process develops, judged by what it needs at its quietest.
///
/// What an allocator keeps swings by more than a leak of a megabyte an hour adds in half an hour. So of each minute
/// only the lowest sample counts: garbage comes and goes, what is leaked is in every sample. A straight line through
/// these (least squares) gives the slope, and how far it may be off.
struct MemoryTrend {
    /// Seconds since the beginning, and bytes.
    private var samples: [(time: Double, bytes: Double)] = []

    mutating func add(_ bytes: Int, at time: Duration) { samples.append((time / .seconds(1), Double(bytes))) }

    struct Slope {
        /// Bytes an hour.
        let perHour: Double
        /// The standard error of that.
        let error: Double
        /// The lowest of the first and of the last minute counted.
        let first: Double
        let last: Double
    }

    /// The slope from `warmUp` on; nil with less than three minutes to look at.
    func slope(after warmUp: Duration) -> Slope? {
        let start = warmUp / .seconds(1)
        var minima: [Int: (time: Double, bytes: Double)] = [:]
        for sample in samples where sample.time >= start {
            let minute = Int((sample.time - start) / 60)
            if let lowest = minima[minute], lowest.bytes <= sample.bytes { continue }
            minima[minute] = sample
        }
        let points = minima.sorted { $0.key < $1.key }.map { ($0.value.time / 3600, $0.value.bytes) }
        guard points.count >= 3, let first = points.first, let last = points.last else { return nil }
        let count = Double(points.count)
        let meanTime = points.reduce(0) { $0 + $1.0 } / count
        let meanBytes = points.reduce(0) { $0 + $1.1 } / count
        let spread = points.reduce(0) { $0 + ($1.0 - meanTime) * ($1.0 - meanTime) }
        let slope = points.reduce(0) { $0 + ($1.0 - meanTime) * ($1.1 - meanBytes) } / spread
        let rest = points.reduce(0) { sum, point in
            let distance = point.1 - meanBytes - slope * (point.0 - meanTime)
            return sum + distance * distance
        }
        return Slope(perHour: slope, error: sqrt(rest / (count - 2) / spread), first: first.1, last: last.1)
    }
}
