/// A task that was made for an action item of minutes.
package struct MinutesTask: Sendable, Equatable, Codable {
    /// Where people see it; nil where Feishu does not say.
    package let url: String?
    /// Open id of who confirmed it.
    package let confirmedBy: String?

    package init(url: String?, confirmedBy: String? = nil) {
        self.url = url
        self.confirmedBy = confirmedBy
    }

    enum CodingKeys: String, CodingKey {
        case url
        case confirmedBy = "confirmed_by"
    }
}
