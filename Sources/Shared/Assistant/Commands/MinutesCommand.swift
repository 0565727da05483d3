import MeetingMinutes

/// The ways to ask for minutes: `/minutes`, `纪要`, `站会纪要`, `用英文写纪要`, with the transcript behind or below.
///
/// What is wanted stands in the first line, and all of that line has to mean something: what does not is no command, or part
/// of the transcript. A wish is never read out of what somebody said.
struct MinutesCommand: Equatable {
    /// What is wanted.
    enum Request: Equatable {
        /// Minutes of the transcript.
        case minutes(MinutesWish)
        /// A list of the templates, for somebody who asks, or who named one that there is not.
        case templates(unknown: String?)
    }

    let request: Request
    /// What follows the command, trimmed.
    let transcript: String

    /// Nil if the text is no such command.
    ///
    /// - Parameters:
    ///   - text: A message.
    ///   - words: What can be said.
    init?(_ text: String, words: MinutesCommandWords) {
        let line = text.prefix { !$0.isNewline }
        let below = text[line.endIndex...]
        let link = Self.link(in: line)
        let command = link.map { line[..<$0] } ?? line.prefix { $0 != "：" && $0 != ":" }
        let behind = link.map { line[$0...] } ?? line[command.endIndex...].dropFirst()
        let name = Self.slashed(line)
        // `/minutes Board: good morning` is what somebody of that name says.
        let isTurn = name != nil && link == nil && !Self.trimmed(behind).isEmpty
        if let meaning = words.meaning(of: isTurn ? name ?? "" : command),
            !isTurn || Self.trimmed(line[(name ?? "").endIndex..<command.endIndex]).isEmpty
        {
            transcript = Self.trimmed(behind + below)
            request = meaning.asksForTemplates ? .templates(unknown: nil) : .minutes(meaning.wish)
        } else if let name {
            transcript = Self.trimmed(text[name.endIndex...])
            request = Self.isName(transcript) ? .templates(unknown: transcript) : .minutes(MinutesWish())
        } else if let unknown = Self.bracketed(line), Self.trimmed(below).isEmpty,
            words.meaning(of: line.prefix { !"（(".contains($0) }) != nil
        {
            transcript = ""
            request = .templates(unknown: unknown)
        } else {
            return nil
        }
    }

    /// Where a link begins; its colon ends no command.
    private static func link(in line: Substring) -> String.Index? {
        ["https://", "http://"].compactMap { line.firstRange(of: $0)?.lowerBound }.min()
    }

    /// What a line with a slash begins with, to where the command's name ends.
    private static func slashed(_ line: Substring) -> Substring? {
        let start = line.drop(while: \.isWhitespace)
        guard let slash = start.first, "/／".contains(slash) else { return nil }
        for name in ["minutes", "会议纪要", "纪要"] where start.dropFirst().lowercased().hasPrefix(name) {
            let end = start.index(start.startIndex, offsetBy: name.count + 1)
            guard start[end...].first.map({ !$0.isLetter && !$0.isNumber }) ?? true else { return nil }
            return line[..<end]
        }
        return nil
    }

    /// Whether all that follows a command reads like the name of something rather than what somebody said.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 16 && !text.contains { $0.isNewline || "：:，。,.！!？?".contains($0) }
    }

    /// What a line ends with in brackets.
    private static func bracketed(_ line: Substring) -> String? {
        let line = trimmed(line)
        guard let last = line.last, "）)".contains(last), let open = line.firstIndex(where: { "（(".contains($0) })
        else { return nil }
        let name = trimmed(line[line.index(after: open)...].dropLast())
        return isName(name) ? name : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
