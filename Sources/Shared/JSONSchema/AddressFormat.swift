/// Formats of addresses on the network.
enum AddressFormat {
    /// RFC 5321: a local part, in quotation marks or not, and a host's name or an address in brackets.
    static func isEmail(_ text: String) -> Bool {
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return false }
        let (local, domain) = (text[..<at], text[text.index(after: at)...])
        guard (1...64).contains(local.utf8.count), isLocalPart(local) else { return false }
        guard domain.hasPrefix("["), domain.hasSuffix("]") else { return isHostname(String(domain)) }
        let address = String(domain.dropFirst().dropLast())
        return isIPv4(address) || (address.hasPrefix("IPv6:") && isIPv6(String(address.dropFirst(5))))
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        if text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            var isEscaped = false
            for byte in text.dropFirst().dropLast().utf8 {
                guard (0x20...0x7E).contains(byte), isEscaped || byte != UInt8(ascii: "\"") else { return false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            }
            return !isEscaped
        }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    /// RFC 1123.
    static func isHostname(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// Four numbers, without zeros before them.
    static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                let isNumber = part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                return isNumber && UInt8(part).map { String($0) == part } ?? false
            }
    }

    /// RFC 4291, without a zone.
    static func isIPv6(_ text: String) -> Bool {
        guard text.utf8.count <= 45 else { return false }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && place == parts.count - 1
                if isLast, part.contains(".") {
                    guard isIPv4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count),
                        part.unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit })
                    else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    /// RFC 3986, with a scheme.
    static func isURI(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { return false }
        let scheme = text[..<colon].utf8
        guard let first = scheme.first, isLetterOrDigit(first), !(0x30...0x39).contains(first),
            scheme.allSatisfy({ isLetterOrDigit($0) || "+-.".utf8.contains($0) })
        else { return false }
        var rest = text[text.index(after: colon)...]
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            guard isAuthority(rest[..<end]) else { return false }
            rest = rest[end...]
        }
        let halves = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        return halves.allSatisfy { isEncoded($0, also: ":@/?") }
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        let at = text.lastIndex(of: "@")
        if let at, !isEncoded(text[..<at], also: ":") { return false }
        var host = at.map { text[text.index(after: $0)...] } ?? text
        // A port, which stands behind the brackets where there are any.
        let end = host.lastIndex(of: "]") ?? host.startIndex
        if let colon = host[end...].lastIndex(of: ":") {
            guard host[host.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return false
            }
            host = host[..<colon]
        }
        guard host.hasPrefix("[") else { return isEncoded(host, also: "") }
        return host.hasSuffix("]") && isIPv6(String(host.dropFirst().dropLast()))
    }

    /// Whether there are only characters that may stand for themselves, those of `also`, and `%XX`.
    private static func isEncoded(_ text: Substring, also: String) -> Bool {
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                for _ in 0..<2 {
                    guard let digit = rest.popFirst(), Unicode.Scalar(digit).properties.isASCIIHexDigit else {
                        return false
                    }
                }
            } else if !isLetterOrDigit(byte), !"-._~!$&'()*+,;=".utf8.contains(byte), !also.utf8.contains(byte) {
                return false
            }
        }
        return true
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
