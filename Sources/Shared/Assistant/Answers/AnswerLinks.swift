import LanguageModel

/// Makes links in a model's text say where they lead.
///
/// A model that was talked into it, by a document or a web page, may write a link whose address carries what was said
/// here to another host. Nobody calls on it before a person clicks, and that person is to see where. Images would be
/// fetched unasked, so they become links.
enum AnswerLinks {
    /// The text with the host behind each link that does not name it, and without images. Code is left as it is.
    static func disclosed(_ text: String) -> String {
        guard text.contains("](") || text.contains("]:") else { return text }
        var fence: Fence?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if let open = fence {
                if open.isClosed(by: line) { fence = nil }
                return String(line)
            }
            fence = Fence(line)
            return fence == nil ? disclosed(line: line) : String(line)
        }
        return lines.joined(separator: "\n")
    }

    /// The line that begins a block of code (CommonMark 0.31, 4.5), which is one only as clients see it.
    private struct Fence {
        private let mark: Character
        private let count: Int

        init?(_ line: Substring) {
            let run = Self.run(line)
            guard let mark = run.first, run.count >= 3, mark == "~" || !line[run.endIndex...].contains("`") else {
                return nil
            }
            self.mark = mark
            count = run.count
        }

        func isClosed(by line: Substring) -> Bool {
            let run = Self.run(line)
            return run.first == mark && run.count >= count && line[run.endIndex...].allSatisfy(\.isWhitespace)
        }

        private static func run(_ line: Substring) -> Substring {
            let text = line.drop { $0 == " " }
            guard line.distance(from: line.startIndex, to: text.startIndex) <= 3, let mark = text.first,
                mark == "`" || mark == "~"
            else { return text.prefix(0) }
            return text.prefix { $0 == mark }
        }
    }

    private static func disclosed(line: Substring) -> String {
        var output = ""
        var rest = line
        while let mark = rest.firstIndex(where: { $0 == "`" || $0 == "]" }) {
            let next = rest.index(after: mark)
            if rest[mark] == "`" {
                // A span of code ends with as many backticks as it began with.
                let fence = rest[mark...].prefix { $0 == "`" }
                let inside = rest[fence.endIndex...]
                let end = inside.firstRange(of: fence)?.upperBound ?? inside.startIndex
                output += rest[..<end]
                rest = rest[end...]
            } else if rest[next...].first == "(" {
                let label = output + rest[..<mark]
                guard let address = target(rest[rest.index(after: next)...]) else {
                    // It would go on in the next line.
                    output = label + "]\u{200B}"
                    rest = rest[next...]
                    continue
                }
                output = withoutImage(label) + rest[mark..<address.end]
                if let host = host(of: address.text), !label.hasSuffix(host) { output += " (\(host))" }
                rest = rest[address.end...]
            } else {
                // `[1]: https://…` would give every `[1]` of the text an address.
                let isDefinition = rest[next...].first == ":"
                output += rest[..<next] + (isDefinition ? "\u{200B}" : "")
                rest = rest[next...]
            }
        }
        return output + rest
    }

    /// The `!` before the label that ends here goes.
    private static func withoutImage(_ text: String) -> String {
        guard let open = text.lastIndex(of: "["), open > text.startIndex else { return text }
        let before = text.index(before: open)
        guard text[before] == "!" else { return text }
        return String(text[..<before]) + text[open...]
    }

    /// What stands between the parentheses of a link, and where it ends behind them; nil where they do not close.
    private static func target(_ text: Substring) -> (text: Substring, end: Substring.Index)? {
        var depth = 1
        var place = text.startIndex
        while place < text.endIndex {
            if text[place] == "(" { depth += 1 }
            if text[place] == ")" { depth -= 1 }
            if depth == 0 { return (text[..<place], text.index(after: place)) }
            place = text.index(after: place)
        }
        return nil
    }

    /// The host of an address; its scheme where it has none; nil for what is no address.
    private static func host(of target: Substring) -> String? {
        let address = target.drop { $0 == " " || $0 == "<" }.prefix { $0 != " " && $0 != ">" }
        guard let mark = address.firstRange(of: "//") else {
            let scheme = address.prefix { $0 != ":" }
            return scheme.endIndex < address.endIndex ? scheme.plain : nil
        }
        let authority = address[mark.upperBound...].prefix { !"/?#\\".contains($0) }
        // Before an `@` stands whom it pretends to be.
        return authority.split(separator: "@").last?.plain
    }
}

extension Substring {
    /// What cannot mark up anything where it is shown.
    fileprivate var plain: String { String(prefix(100)).plainInMarkdown }
}
