/// What a file is, as far as text can be read from it.
package enum DocumentKind: String, Sendable, Equatable, CaseIterable {
    case text, markdown, csv, vtt, srt, pdf, docx

    /// Decided by content; a name only tells forms of text apart, which look alike. nil for everything else.
    ///
    /// Cheap: looks at the first 64 KiB, and at a ZIP archive's directory.
    package init?(name: String, bytes: [UInt8]) {
        // Readers of PDF allow some bytes before it, see Adobe's implementation notes, H.3.4.1.
        if bytes.firstPlace(of: Array("%PDF-".utf8), in: 0..<min(bytes.count, 1_024)) != nil {
            self = .pdf
            return
        }
        if bytes.starts(with: ZipDirectory.magic) {
            guard let directory = ZipDirectory(of: bytes), directory.isWordDocument else { return nil }
            self = .docx
            return
        }
        guard let sample = TextDecoding.sample(of: bytes) else { return nil }
        self = Self.form(ofText: sample, named: name)
    }

    private static func form(ofText sample: String, named name: String) -> DocumentKind {
        if sample.hasPrefix("WEBVTT") { return .vtt }
        if isSubtitles(sample) { return .srt }
        return switch name.split(separator: ".").last?.lowercased() {
        case "md", "markdown": .markdown
        case "csv", "tsv": .csv
        default: .text
        }
    }

    /// A number alone, then `00:00:01,000 --> 00:00:02,000`: the beginning of each SubRip file.
    private static func isSubtitles(_ sample: String) -> Bool {
        let lines = sample.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline).prefix(2)
        guard let number = lines.first, let times = lines.last, lines.count == 2 else { return false }
        return number.allSatisfy(\.isNumber) && times.contains(" --> ") && times.first?.isNumber == true
    }

    /// Whether a file of this name may be one of ours, for choosing files of a folder before they are read.
    package static func isLikely(name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        let extensions: Set = ["txt", "text", "md", "markdown", "csv", "tsv", "vtt", "srt", "pdf", "docx"]
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }
}

extension [UInt8] {
    /// Where `needle` begins first in `range`.
    func firstPlace(of needle: [UInt8], in range: Range<Int>) -> Int? {
        guard let first = needle.first, range.count >= needle.count else { return nil }
        for place in range.lowerBound...(range.upperBound - needle.count)
        where self[place] == first && self[place..<(place + needle.count)].elementsEqual(needle) {
            return place
        }
        return nil
    }
}
