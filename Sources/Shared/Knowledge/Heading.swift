/// A line that names what follows it.
struct Heading: Equatable {
    /// 1 for the outermost.
    let level: Int
    let text: String

    private static let maximumCharacters = 60

    /// nil for other lines. `isFirst` tells whether no text stands directly above it: only then a line without a mark can
    /// be one.
    init?(of line: Substring, isFirst: Bool) {
        let line = line.trimmed
        guard !line.isEmpty, line.count <= 200 else { return nil }
        let marks = line.prefix { $0 == "#" }.count
        if marks > 0 {
            let rest = line.dropFirst(marks)
            guard marks <= 6, rest.first == " " else { return nil }
            let text = String(rest.trimmed.reversed().drop { $0 == "#" }.reversed()).trimmed
            guard !text.isEmpty else { return nil }
            self.init(level: marks, text: text)
            return
        }
        guard isFirst, line.count <= Self.maximumCharacters, let last = line.last, !"。；，、！？.;,!?:：|".contains(last),
            let level = Self.levelOfNumber(line)
        else { return nil }
        self.init(level: level, text: line)
    }

    private init(level: Int, text: String) {
        self.level = level
        self.text = text
    }

    /// The level that a number at the beginning gives: `第一章`, `一、`, `（一）`, `2.3 Title`; nil without one.
    ///
    /// `1. Title` gives none: it may as well be the first of a list.
    private static func levelOfNumber(_ line: String) -> Int? {
        let numerals = "一二三四五六七八九十百零〇0123456789"
        if line.hasPrefix("第") {
            let rest = line.dropFirst().drop { numerals.contains($0) }
            guard rest.count < line.count - 1, let unit = rest.first else { return nil }
            return switch unit {
            case "编", "部": 1
            case "章": 2
            case "节": 3
            default: nil
            }
        }
        if line.first == "（" || line.first == "(" {
            let rest = line.dropFirst().drop { "一二三四五六七八九十".contains($0) }
            return rest.count < line.count - 1 && (rest.first == "）" || rest.first == ")") ? 5 : nil
        }
        let chinese = line.prefix { "一二三四五六七八九十".contains($0) }
        if !chinese.isEmpty { return line.dropFirst(chinese.count).first == "、" ? 4 : nil }
        let number = line.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".")
        guard parts.count >= 2, parts.count <= 4, parts.allSatisfy({ $0.count <= 2 }) else { return nil }
        let rest = line.dropFirst(number.count)
        guard rest.first == " " || rest.first == "\t", rest.trimmed.first?.isLetter == true else { return nil }
        return 2 + parts.count
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    var trimmed: String {
        let start = self[...].drop(while: \.isWhitespace)
        var end = start.endIndex
        while end > start.startIndex, start[start.index(before: end)].isWhitespace { end = start.index(before: end) }
        return String(start[..<end])
    }
}
