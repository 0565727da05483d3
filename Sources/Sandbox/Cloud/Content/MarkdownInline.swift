/// The styles within a line of Markdown: bold, italic, strike, code, links, addresses in angle brackets, escapes,
/// the entities of `<`, `>` and `&`.
enum MarkdownInline {
    private static let depthLimit = 6
    /// What a backslash takes the meaning from (CommonMark, "Backslash escapes").
    private static let signs = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    private static let entities: [(Character, String)] = [("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")]
    /// How far the end of a style is looked for, so that a text of nothing but signs costs no more than others.
    private static let reach = 4_000

    static func runs(_ text: some StringProtocol) -> [TextRun] {
        var runs: [TextRun] = []
        read(Array(text)[...], TextRun(""), depth: 0, into: &runs)
        return runs.filter { !$0.text.isEmpty }
    }

    private static func read(
        _ text: ArraySlice<Character>,
        _ style: TextRun,
        depth: Int,
        into runs: inout [TextRun]
    ) {
        var plain = ""
        func flush(_ runs: inout [TextRun]) {
            guard !plain.isEmpty else { return }
            var run = style
            run.text = plain
            runs.append(run)
            plain = ""
        }
        var place = text.startIndex
        while place < text.endIndex {
            if text[place] == "\\", place + 1 < text.endIndex, signs.contains(text[place + 1]) {
                plain.append(text[place + 1])
                place += 2
            } else if text[place] == "&", let (sign, name) = entities.first(where: { text[place...].starts(with: $1) })
            {
                plain.append(sign)
                place += name.count
            } else if depth < depthLimit, let found = styled(text[place...], style) {
                flush(&runs)
                if found.style.isCode {
                    var run = found.style
                    run.text = String(found.inner)
                    runs.append(run)
                } else {
                    read(found.inner, found.style, depth: depth + 1, into: &runs)
                }
                place = found.end
            } else {
                plain.append(text[place])
                place += 1
            }
        }
        flush(&runs)
    }

    private typealias Found = (inner: ArraySlice<Character>, style: TextRun, end: Int)

    /// What begins here with a style of its own.
    private static func styled(_ text: ArraySlice<Character>, _ style: TextRun) -> Found? {
        var style = style
        switch text.first {
        case "*", "_":
            for mark in ["**", "__", "*", "_"] {
                guard let (inner, end) = enclosed(text, mark) else { continue }
                if mark.count == 2 { style.isBold = true } else { style.isItalic = true }
                return (inner, style, end)
            }
            return nil
        case "~":
            style.isStruck = true
            return enclosed(text, "~~").map { ($0, style, $1) }
        case "`":
            style.isCode = true
            return enclosed(text, "`").map { ($0, style, $1) }
        case "[":
            guard let (label, end) = enclosed(text, "[", "]"), end < text.endIndex, text[end] == "(",
                let (address, last) = enclosed(text[end...], "(", ")")
            else { return nil }
            style.link = String(address)
            return (label, style, last)
        case "<":
            guard let (address, end) = enclosed(text, "<", ">"), String(address).hasPrefix("http") else { return nil }
            style.link = String(address)
            return (address, style, end)
        default: return nil
        }
    }

    /// What stands between this mark and its next occurrence.
    private static func enclosed(
        _ text: ArraySlice<Character>,
        _ open: String,
        _ close: String? = nil
    ) -> (ArraySlice<Character>, Int)? {
        let close = Array(close ?? open)
        guard text.starts(with: open), text.count > open.count + close.count else { return nil }
        let start = text.startIndex + open.count
        var place = start
        let last = min(text.endIndex - close.count, start + reach)
        while place <= last {
            if text[place] == "\\", close != ["`"], place + 1 < text.endIndex, signs.contains(text[place + 1]) {
                place += 2
                continue
            }
            if text[place...].starts(with: close), place > start {
                // Emphasis that ends behind a blank is none.
                let isEmphasis = "*_~".contains(close[0])
                guard !isEmphasis || !text[start].isWhitespace && !text[place - 1].isWhitespace else { return nil }
                return (text[start..<place], place + close.count)
            }
            place += 1
        }
        return nil
    }
}
