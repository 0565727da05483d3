/// The Redis keys of one app's usage. All share a hash slot; nobody else reads them.
struct UsageKeys {
    let appID: String
    /// What all keys begin with.
    var namespace = ""

    /// Hash: `requests`, `prompt`, `completion` (tokens), `cost` (millionths), of all on a day.
    func total(_ day: Int64) -> String { prefix(day) + "total" }

    /// Hash with the same fields, of one user, chat or model on a day.
    func one(_ dimension: UsageDimension, _ name: String, _ day: Int64) -> String {
        prefix(day) + "\(dimension.rawValue):\(name)"
    }

    /// Sorted set: users, chats or models of a day by the tokens that they spent.
    func all(_ dimension: UsageDimension, _ day: Int64) -> String { prefix(day) + "\(dimension.rawValue)s" }

    /// String: this request is in the books.
    func done(_ key: String) -> String { namespace + "assistant:{\(KeyPart.of(appID))}:usage:done:\(key)" }

    private func prefix(_ day: Int64) -> String {
        namespace + "assistant:{\(KeyPart.of(appID))}:usage:\(UsageCalendar.name(ofDay: day)):"
    }

    /// How long what concerns people is kept, in seconds.
    static let memoryOfPeople = 35 * 86_400
    /// How long totals are kept, in seconds.
    static let memoryOfTotals = 400 * 86_400
    /// How long a request could come again, in seconds.
    static let memoryOfKeys = 8 * 86_400
}
