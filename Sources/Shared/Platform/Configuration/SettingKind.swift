/// What a setting may be, and how its text becomes a value.
package enum SettingKind: Sendable {
    /// Any text without control characters.
    case text
    /// Text of any number of lines.
    case prose
    /// `true` or `false`.
    case flag
    /// A name: letters, digits, `-`, `_` and `.`, up to 128 characters.
    case name
    /// An identifier that appears in paths and keys: letters, digits, `-` and `_`, up to 64 characters.
    case identifier
    /// What names of keys begin with: letters, digits, `:`, `.`, `-`, `_` and `/`, up to 64 characters.
    case keyPrefix
    /// The path of a file.
    case path
    case integer(ClosedRange<Int>)
    /// Seconds, fractions allowed.
    case seconds(ClosedRange<Double>)
    case choice([String])
    /// Names separated by commas, or a list in the configuration file.
    case names
    /// Texts of any characters, separated by commas, or a list in the configuration file.
    case words
    case number(ClosedRange<Double>)
    /// A URL with one of these schemes.
    case url([String])

    /// What is expected, to follow the word "expected".
    package var expectation: String {
        switch self {
        case .text: "text"
        case .prose: "text, of several lines if need be"
        case .flag: "true or false"
        case .words: "one or more different texts, separated by commas"
        case .number(let range):
            "a number from \(SettingValue.number(range.lowerBound).text) to \(SettingValue.number(range.upperBound).text)"
        case .name: "a name of letters, digits, '-', '_' and '.'"
        case .identifier: "an identifier of letters, digits, '-' and '_', at most 64"
        case .keyPrefix: "letters, digits, ':', '.', '-', '_' and '/', at most 64"
        case .path: "the path of a readable file"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .seconds(let range):
            "seconds from \(SettingValue.number(range.lowerBound).text) to \(SettingValue.number(range.upperBound).text)"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .names: "one or more different names of letters, digits, '-', '_' and '.', separated by commas"
        case .url(let schemes): "a URL that begins with " + schemes.map { "\($0)://" }.joined(separator: " or ")
        }
    }

    /// The value of `text`, or nil when it is none of this kind.
    func value(of text: String) -> SettingValue? {
        switch self {
        case .text, .path:
            text.isEmpty || text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : .text(text)
        case .prose:
            text.isEmpty
                || text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F }
                ? nil : .text(text)
        case .flag:
            ["true": .text("true"), "false": .text("false")][text]
        case .words:
            Self.words(text.split(separator: ",").map(\.trimmed))
        case .number(let range):
            Double(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .name:
            text.isSettingName ? .text(text) : nil
        case .identifier:
            text.isSettingName && text.utf8.count <= 64 && !text.contains(".") ? .text(text) : nil
        case .keyPrefix:
            text.isSettingName(and: ":/") && text.utf8.count <= 64 ? .text(text) : nil
        case .integer(let range):
            Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .seconds(let range):
            Double(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .choice(let choices):
            choices.contains(text) ? .text(text) : nil
        case .names:
            Self.names(text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed))
        case .url(let schemes):
            schemes.contains { text.hasPrefix("\($0)://") && text.utf8.count > $0.utf8.count + 3 }
                && !text.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F } ? .text(text) : nil
        }
    }

    /// The value of a list in the configuration file, or nil when this kind is no list.
    func value(of items: [String]) -> SettingValue? {
        switch self {
        case .names: Self.names(items)
        case .words: Self.words(items)
        default: nil
        }
    }

    private static func words(_ words: [String]) -> SettingValue? {
        let areTexts = words.allSatisfy { word in
            !word.isEmpty && word.utf8.count <= 256
                && !word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
        return words.isEmpty || !areTexts || Set(words).count != words.count ? nil : .names(words)
    }

    private static func names(_ names: [String]) -> SettingValue? {
        guard !names.isEmpty, names.allSatisfy(\.isSettingName), Set(names).count == names.count else { return nil }
        return .names(names)
    }
}

extension String {
    fileprivate var isSettingName: Bool { isSettingName(and: "") }

    fileprivate func isSettingName(and others: String) -> Bool {
        !isEmpty && utf8.count <= 128
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: others.utf8.contains(byte)
                }
            }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
