/// How long a response asks to wait: `retry-after-ms` (OpenAI), else `Retry-After` as seconds or a date (RFC 9110, 10.2.3).
enum RetryAfter {
    /// Longer waits are cut to this; a clock that is wrong must not park a job for years.
    static let maximum: Duration = .seconds(86_400)

    /// The wait, never negative; nil if the headers do not say, or not intelligibly. `now` is in seconds since 1970, UTC.
    static func parse(milliseconds: String?, value: String?, now: Double) -> Duration? {
        if let milliseconds = milliseconds.flatMap(Double.init), let wait = duration(seconds: milliseconds / 1_000) {
            return wait
        }
        guard let value else { return nil }
        if let seconds = Double(value) { return duration(seconds: seconds) }
        return secondsSince1970(httpDate: value).flatMap { duration(seconds: max(0, $0 - now)) }
    }

    private static func duration(seconds: Double) -> Duration? {
        guard seconds.isFinite, seconds >= 0 else { return nil }
        return min(maximum, .milliseconds(Int64(min(seconds, 1e6) * 1_000)))
    }

    /// Reads an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func secondsSince1970(httpDate: String) -> Double? {
        let parts = httpDate.split { $0 == " " || $0 == "," || $0 == ":" }
        guard parts.count == 8, parts[7] == "GMT",
            let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: parts[2].lowercased()),
            let year = Int(parts[3]), (1970...9999).contains(year),
            let hour = Int(parts[4]), (0...23).contains(hour),
            let minute = Int(parts[5]), (0...59).contains(minute),
            let second = Int(parts[6]), (0...60).contains(second)
        else { return nil }
        // Days from civil: the year is taken to begin in March, so that the leap day is its last.
        let shifted = month >= 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Double(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
}
