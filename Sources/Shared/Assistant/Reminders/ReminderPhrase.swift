import TimePhrases
package import TimeZones

/// A reminder as people say it, in Chinese or English, understood without a model.
///
/// The words of time that stand beside `提醒我` or `remind me` say when, else the first ones; everything else says what.
package enum ReminderPhrase: Sendable, Equatable {
    /// At a moment, in milliseconds since 1970.
    case once(Int64, what: String)
    /// From `first` on, again and again.
    case repeating(Recurrence, first: Int64, what: String)
    case problem(Problem)

    /// Why a phrase is no reminder.
    package enum Problem: Sendable, Equatable {
        /// No time, or none that can be read.
        case noTime
        /// Nothing to be reminded of.
        case nothingToSay
        case past
        /// More than a year ahead.
        case tooFar
        /// A day or a time that there is not.
        case noSuchTime
        /// Again too soon.
        case tooOften
    }

    /// How far ahead a reminder may be.
    static let maximumDays = 366
    private static let maximumCharacters = 1_000

    /// - Parameters:
    ///   - text: as written, with or without `提醒我`; its first 1,000 characters count.
    ///   - now: in milliseconds since 1970.
    ///   - zone: whose clocks the words mean.
    package init(_ text: String, now: Int64, in zone: TimeZoneRules) {
        let phrase = TimedPhrase(String(text.prefix(Self.maximumCharacters)))
        guard let parts = phrase.parts else {
            self = .problem(.noTime)
            return
        }
        do throws(TimeParts.Unreadable) {
            let when = try parts.resolve(now: now, in: zone)
            guard when.first - now <= Int64(Self.maximumDays) * 86_400_000 else { throw .init(.tooFar) }
            guard !phrase.what.isEmpty else { throw .init(.nothingToSay) }
            self =
                if let recurrence = when.recurrence {
                    .repeating(recurrence, first: when.first, what: phrase.what)
                } else {
                    .once(when.first, what: phrase.what)
                }
        } catch {
            self = .problem(error.problem)
        }
    }
}

/// A phrase cut into the words of time and the others.
struct TimedPhrase {
    /// nil where there are no words of time.
    let parts: TimeParts?
    let what: String

    private static let chineseVerbs = [
        "请帮我提醒", "帮我提醒", "请提醒", "记得提醒", "再提醒", "提醒", "请通知", "通知", "请叫", "叫", "喊",
    ]
    private static let chinesePeople = ["一下我们", "一下我", "我们", "大家", "我", "一下"]
    private static let englishVerbs = [
        "please remind", "can you remind", "could you remind", "remind", "ping", "notify", "tell",
    ]
    private static let englishPeople = ["me", "us", "everyone", "everybody"]

    init(_ text: String) {
        let scanner = PhraseScanner(text)
        let runs = TimeRun.all(in: scanner)
        let verb = Self.verb(in: scanner)
        // A pause may stand between them: `明天，提醒我`.
        func isBeside(_ run: TimeRun) -> Bool {
            guard let verb else { return false }
            let gap =
                run.range.upperBound <= verb.lowerBound
                ? run.range.upperBound..<verb.lowerBound : verb.upperBound..<max(verb.upperBound, run.range.lowerBound)
            return scanner.characters[gap].allSatisfy { $0.isSpace || "，,、的在于".unicodeScalars.contains($0) }
        }
        let run = runs.first(where: isBeside) ?? (Self.isEnglish(scanner) ? runs.last : runs.first)
        parts = run?.parts
        let cuts = [run?.range, verb].compactMap { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        var pieces: [String] = []
        var start = 0
        for cut in cuts {
            if start < cut.lowerBound { pieces.append(scanner.text(start..<cut.lowerBound)) }
            start = max(start, cut.upperBound)
        }
        pieces.append(scanner.text(start..<scanner.characters.count))
        what = Self.cleaned(pieces)
    }

    /// Where `提醒我` or `remind me` stands first.
    private static func verb(in text: PhraseScanner) -> Range<Int>? {
        var scanner = text
        while !scanner.isAtEnd {
            let start = scanner.place
            if scanner.take(chineseVerbs) != nil {
                if scanner.take(chinesePeople) != nil {
                    _ = scanner.take("一下")
                    return start..<scanner.place
                }
                // `提醒` alone, as in `提醒：开会`, but not inside `开会提醒单`.
                if scanner.isAtEnd || scanner.next.map({ $0.isSpace || "：:，,".unicodeScalars.contains($0) }) == true {
                    return start..<scanner.place
                }
            } else if scanner.takeWord(englishVerbs) != nil {
                scanner.skipSpaces()
                if scanner.takeWord(englishPeople) != nil { return start..<scanner.place }
            }
            scanner.place = start + 1
        }
        return nil
    }

    private static func isEnglish(_ scanner: PhraseScanner) -> Bool {
        scanner.characters.filter(\.isLatin).count * 2 > scanner.characters.count
    }

    /// What is left, without what joined it to the rest.
    private static func cleaned(_ pieces: [String]) -> String {
        pieces.map { piece in
            var text = piece[...]
            trim(&text)
            while let word = ["请", "帮我", "记得", "to ", "that ", "about ", "please "].first(where: { text.hasPrefix($0) })
            {
                text = text.dropFirst(word.count)
                trim(&text)
            }
            return String(text)
        }.filter { !$0.isEmpty && !["at", "on", "to", "in", "by", "的", "在", "于"].contains($0) }.joined(separator: " ")
    }

    private static func trim(_ text: inout Substring) {
        let marks: Set<Character> = ["，", ",", "。", ".", "：", ":", "、", "；", ";", "！", "!"]
        text = text.drop { $0.isWhitespace || marks.contains($0) }
        while let last = text.last, last.isWhitespace || "，,。.：:、；;".contains(last) { text.removeLast() }
    }
}
