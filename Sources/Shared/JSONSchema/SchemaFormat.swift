import Patterns

/// The formats that text is held to.
enum SchemaFormat: String, Sendable, CaseIterable {
    case dateTime = "date-time"
    case date, time, email, hostname, ipv4, ipv6, regex, uri, uuid

    /// To follow the word "expected".
    var words: String {
        switch self {
        case .dateTime: "a moment such as 2026-11-27T08:00:00Z"
        case .date: "a date such as 2026-11-27"
        case .time: "a time such as 08:00:00Z"
        case .email: "an e-mail address"
        case .hostname: "the name of a host"
        case .ipv4: "an address such as 192.0.2.1"
        case .ipv6: "an address such as 2001:db8::1"
        case .regex: "a regular expression that is known here"
        case .uri: "a URI such as https://example.org/"
        case .uuid: "a UUID"
        }
    }

    func includes(_ text: String) -> Bool {
        switch self {
        case .dateTime: FormatText(text).isWhole { $0.dateTime() }
        case .date: FormatText(text).isWhole { $0.date() }
        case .time: FormatText(text).isWhole { $0.time() }
        case .email: AddressFormat.isEmail(text)
        case .hostname: AddressFormat.isHostname(text)
        case .ipv4: AddressFormat.isIPv4(text)
        case .ipv6: AddressFormat.isIPv6(text)
        case .regex: (try? Pattern(text)) != nil
        case .uri: AddressFormat.isURI(text)
        case .uuid: FormatText(text).isWhole { $0.uuid() }
        }
    }
}
