/// The numbers in brackets with which an answer names the passages that it rests on.
///
/// A model writes them as it likes: `[3]`, `[1, 3]`, `[2-4]`, `【3】`, and now and then a number that it was never given.
enum CitationMarks {
    /// Numbers longer than this are years and the like, and no marks.
    private static let mostDigits = 3
    private static let longestMark = 60
    private static let longestRange = 20

    /// Takes out of a text what no passage has, and writes each mark as `[3]`. Code stays as it is.
    ///
    /// - Parameters:
    ///   - text: In Markdown.
    ///   - last: The number of the last passage; they begin with 1.
    /// - Returns: The text with marks of passages only.
    static func known(in text: String, upTo last: Int) -> String {
        var output = ""
        var rest = text[...]
        while let mark = rest.firstIndex(where: { $0 == "`" || $0 == "[" || $0 == "【" }) {
            output += rest[..<mark]
            rest = rest[mark...]
            if rest.first == "`" {
                // A span of code, and a block, end with as many backticks as they began with.
                let fence = rest.prefix { $0 == "`" }
                let end = rest[fence.endIndex...].firstRange(of: fence)?.upperBound ?? fence.endIndex
                output += rest[..<end]
                rest = rest[end...]
            } else if let (numbers, end) = numbers(in: rest) {
                let known = numbers.filter { $0 >= 1 && $0 <= last }
                output += known.map { "[\($0)]" }.joined()
                // `…three seconds [9].` leaves no gap.
                if known.isEmpty, output.last == " " { output.removeLast() }
                rest = rest[end...]
            } else {
                output.append(rest.removeFirst())
            }
        }
        return output + rest
    }

    /// The numbers of a mark at the beginning of a text, and where it ends; nil for brackets with anything else in them, and
    /// for a link.
    private static func numbers(in text: Substring) -> (numbers: [Int], end: Substring.Index)? {
        let close: Character = text.first == "[" ? "]" : "】"
        let inside = text.dropFirst().prefix(longestMark).prefix { $0 != close }
        guard inside.endIndex < text.endIndex, text[inside.endIndex] == close else { return nil }
        let end = text.index(after: inside.endIndex)
        guard text[end...].first != "(" else { return nil }
        var numbers: [Int] = []
        for piece in inside.split(whereSeparator: { ",，、;； #".contains($0) }) {
            let ends = piece.split(omittingEmptySubsequences: false) { "-–—~".contains($0) }.map(number)
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                last - first <= longestRange
            else { return nil }
            numbers += first...last
        }
        return numbers.isEmpty ? nil : (numbers, end)
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...mostDigits).contains(text.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
