/// The words of a subtitle without what only says how they look.
enum SubtitleText {
    /// A line's words: without WebVTT's and SubRip's tags (`<i>`, `<c.loud>`, `<00:01.000>`, `<font …>`, `{\an8}`), with the
    /// characters for `&amp;` and its like. What is no such tag stays, as `a < b`.
    ///
    /// WebVTT, "cue text tags" and "HTML character references"; SubRip has no specification, and players know these tags.
    static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(where: { $0 == 0x3C || $0 == 0x26 || $0 == 0x7B }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes
        while let first = rest.first {
            if first == 0x3C, let length = tagLength(rest) {
                rest = rest.dropFirst(length)
            } else if first == 0x7B, rest.dropFirst().first == 0x5C, let length = length(of: rest, to: 0x7D) {
                rest = rest.dropFirst(length)
            } else if first == 0x26, let (length, text) = reference(rest) {
                output += text
                rest = rest.dropFirst(length)
            } else {
                output.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: output, as: UTF8.self).split(separator: " ").joined(separator: " ")
    }

    /// The longest tag; what is longer is text.
    private static let longestTag = 120

    private static func length(of bytes: ArraySlice<UInt8>, to end: UInt8) -> Int? {
        bytes.prefix(longestTag).firstIndex(of: end).map { $0 - bytes.startIndex + 1 }
    }

    private static func tagLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let length = length(of: bytes, to: 0x3E) else { return nil }
        var name = bytes.dropFirst().prefix(length - 2)
        if name.first == 0x2F { name = name.dropFirst() }
        if name.first.map({ (0x30...0x39).contains($0) }) == true {
            return name.allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2E } ? length : nil
        }
        let word = name.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        let after = name.dropFirst(word.count).first
        guard after.map({ $0 == 0x20 || $0 == 0x2E || $0 == 0x2F }) ?? true else { return nil }
        return tags.contains(String(decoding: word, as: UTF8.self).lowercased()) ? length : nil
    }

    private static let tags: Set = ["b", "i", "u", "s", "c", "v", "font", "lang", "ruby", "rt", "br", "span"]

    private static func reference(_ bytes: ArraySlice<UInt8>) -> (Int, [UInt8])? {
        for (name, text) in references where bytes.starts(with: name) { return (name.count, text) }
        return nil
    }

    private static let references: [([UInt8], [UInt8])] = [
        ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", "\""), ("&#39;", "'"),
        ("&apos;", "'"),
        ("&lrm;", ""), ("&rlm;", ""),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
}
