/// A link to Feishu's minutes in what somebody wrote.
///
/// Only addresses of Feishu and Lark count, of any tenant, and only whole ones: `http` or `https`, a host below
/// `feishu.cn` or `larksuite.com`, `/minutes/` and a token of 24 letters and digits (interface specification, section
/// 1.3). Nobody opens the address; the token goes into a path of the API.
package struct MinutesLink: Sendable, Hashable, Codable {
    /// What the API calls the minutes by.
    package let token: String
    /// The tenant's host in lower case, such as `acme.feishu.cn`.
    package let host: String

    /// The address without what followed the token.
    package var url: String { "https://\(host)/minutes/\(token)" }

    /// Reads one address; nil for any other than minutes'. Texts around it are passed over.
    package init?(url: String) {
        guard let link = Self.find(in: url, atMost: 1).first else { return nil }
        self = link
    }

    private init(token: String, host: String) {
        self.token = token
        self.host = host
    }

    /// The links in a text in their order, each once.
    ///
    /// - Parameters:
    ///   - text: what somebody wrote, also with links as Markdown has them.
    ///   - maximum: how many are looked for.
    /// - Returns: the links. The time it takes grows with the length of the text only.
    package static func find(in text: String, atMost maximum: Int = 5) -> [MinutesLink] {
        let bytes = Array(text.utf8)
        var links: [MinutesLink] = []
        var place = 0
        while links.count < maximum, place + marker.count + tokenLength <= bytes.count {
            guard bytes[place...].starts(with: marker) else {
                place += 1
                continue
            }
            let token = bytes[(place + marker.count)..<(place + marker.count + tokenLength)]
            if isToken(token), !continues(bytes, at: token.endIndex), let host = host(in: bytes, endingAt: place) {
                let link = MinutesLink(token: String(decoding: token, as: UTF8.self), host: host)
                if !links.contains(link) { links.append(link) }
            }
            place += marker.count
        }
        return links
    }

    /// Whether a text can be the token of minutes.
    package static func isToken(_ text: String) -> Bool { text.utf8.count == tokenLength && isToken(text.utf8) }

    private static let tokenLength = 24
    private static let marker = Array("/minutes/".utf8)
    private static let hosts = ["feishu.cn", "larksuite.com"]
    private static let hostLimit = 253

    private static func isToken(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy(isAlphanumeric) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Whether what stands at this place belongs to the token, which would then be longer than one is.
    private static func continues(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place < bytes.count else { return false }
        return isAlphanumeric(bytes[place]) || "_-%~".utf8.contains(bytes[place])
    }

    /// The host of the address whose path begins at `end`; nil for a host of others, or where the address has more
    /// before it than its scheme, such as a user.
    private static func host(in bytes: [UInt8], endingAt end: Int) -> String? {
        var start = end
        while start > 0, end - start <= hostLimit,
            isAlphanumeric(bytes[start - 1]) || "-.".utf8.contains(bytes[start - 1])
        {
            start -= 1
        }
        let host = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty && $0.first != "-" && $0.last != "-" }),
            hosts.contains(where: { host == $0 || host.hasSuffix("." + $0) })
        else { return nil }
        for scheme in ["https://", "http://"] where start >= scheme.utf8.count {
            let begin = start - scheme.utf8.count
            let isScheme = String(decoding: bytes[begin..<start], as: UTF8.self).lowercased() == scheme
            if isScheme, begin == 0 || !isAlphanumeric(bytes[begin - 1]) { return host }
        }
        return nil
    }
}
