/// The keys of an app's governor, all in one slot of a Redis Cluster.
struct GovernorKeys: Sendable {
    let appID: String
    /// What all keys begin with.
    var prefix = ""

    /// A hash: the slots given of one API, chat, user, card, message or document, `hold` (until when nothing passes, milliseconds
    /// since 1970) and `pace`. Expires by itself. Nobody else reads it.
    func subject(_ name: String) -> String { prefix + "feishu:governor:{\(appID)}:\(name)" }

    /// A hash, kept for 100 days: `calls` (how many were made in a month) and `ended` (when Feishu said that these were
    /// all, milliseconds since 1970). For operators to read.
    func meter(atMilliseconds time: Int64) -> String {
        prefix + "feishu:meter:{\(appID)}:\(Self.month(atMilliseconds: time))"
    }

    /// The month in China, where Feishu counts, such as `2026-11`.
    static func month(atMilliseconds time: Int64) -> String {
        // Days since 1 March 2000, as years that begin in March have the odd day at their end.
        let days = (time / 1_000 + 8 * 3_600) / 86_400 - 11_017
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = 2_000 + era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return "\(year)-\(month < 10 ? "0" : "")\(month)"
    }
}
