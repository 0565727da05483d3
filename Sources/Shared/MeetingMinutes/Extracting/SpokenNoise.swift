import LanguageModel

/// Takes out of a sentence what only speech has: fillers, words said twice, openings that carry nothing, a transcriber's
/// marks in braces. What is left are the speaker's words in their order; nothing that hedges or negates goes.
struct SpokenNoise: Sendable {
    private let language: WrittenLanguage

    init(_ language: WrittenLanguage) {
        self.language = language
    }

    /// The sentence without noise; itself if nothing would be left.
    func removed(from sentence: String) -> String {
        let unmarked = Self.withoutMarks(sentence)
        let clean = language == .chinese ? chinese(unmarked) : english(unmarked)
        return clean.unicodeScalars.contains { $0.isIdeograph || $0.isWordLetter || $0.isDigit } ? clean : sentence
    }

    /// Without `{laugh}`.
    static func withoutMarks(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].prefix(26).firstIndex(of: "}") else { break }
            result.append(contentsOf: rest[..<open])
            rest = rest[rest.index(after: close)...]
        }
        result.append(contentsOf: rest)
        return String(result)
    }

    private func english(_ text: String) -> String {
        var words: [Substring] = []
        for word in text.split(separator: " ") {
            if Self.glued.contains(where: { word.hasPrefix($0) }), let last = words.last {
                // Some transcripts set marks and endings apart: `we 're done .`
                words[words.count - 1] = Substring(last + word)
            } else {
                words.append(word)
            }
        }
        var kept: [Substring] = []
        for word in words {
            let bare = Self.bare(word)
            if Self.fillers.contains(bare) {
                // `answer, uh.`: the sentence ends all the same.
                if let mark = word.last, ".?!".contains(mark), let last = kept.last, let end = last.last,
                    end.isLetter || end == ","
                {
                    kept[kept.count - 1] = Substring(String(end == "," ? last.dropLast() : last) + String(mark))
                }
            } else if bare.isEmpty || kept.last.map({ Self.bare($0) != bare || Self.doubled.contains(bare) }) ?? true {
                kept.append(word)
            } else {
                // Said twice: the second has the mark that follows.
                kept[kept.count - 1] = word
            }
        }
        while kept.count > 3, let first = kept.first, Self.openings.contains(Self.bare(first)),
            first.last == "," || Self.bareOpenings.contains(Self.bare(first))
        {
            kept.removeFirst()
        }
        return kept.joined(separator: " ")
    }

    /// In lower case, without the marks around.
    private static func bare(_ word: Substring) -> String {
        var word = word
        while let last = word.last, !last.isLetter, !last.isNumber { word.removeLast() }
        while let first = word.first, !first.isLetter, !first.isNumber { word.removeFirst() }
        return word.lowercased()
    }

    private func chinese(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        var start = 0
        while let filler = Self.chineseOpenings.first(where: { scalars[start...].starts(with: $0) }),
            scalars.count - start > filler.count + 3
        {
            start += filler.count
        }
        scalars.removeFirst(start)
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        for scalar in scalars {
            if Self.isPause(scalar), let last = kept.last, Self.chineseFillers.contains(last) {
                // `嗯，` and what stands before it: one pause is enough.
                kept.removeLast()
                if kept.last.map({ Self.isPause($0) || $0 == "。" }) ?? true { continue }
            }
            kept.append(scalar)
            Self.dropRepeat(&kept)
        }
        return String(String.UnicodeScalarView(kept))
    }

    private static func isPause(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "，" || scalar == "," || scalar == "、"
    }

    /// `这这` and `就是就是`; not `谢谢`, where the word is doubled.
    private static func dropRepeat(_ text: inout [Unicode.Scalar]) {
        let end = text.count
        guard end > 1, let last = text.last else { return }
        if text[end - 2] == last, stammered.contains(last) {
            text.removeLast()
            return
        }
        for length in 2...4 where end >= length * 2 && text[end - 1 - length] == last {
            let range = end - length..<end
            guard range.allSatisfy({ text[$0] == text[$0 - length] && text[$0].isIdeograph }),
                range.contains(where: { text[$0] != last })
            else { continue }
            text.removeLast(length)
            return
        }
    }

    private static let glued = [".", ",", "?", "!", ";", "'s", "'re", "'m", "'ll", "'ve", "'d", "n't"]
    private static let fillers: Set = ["uh", "um", "uhm", "er", "erm", "mm", "hmm", "mm-hmm", "uh-huh", "eh", "ah"]
    /// Words that are right twice: `that that is`, `had had`.
    private static let doubled: Set = ["that", "had", "very", "bye", "no", "so"]
    private static let openings: Set = [
        "okay", "ok", "so", "well", "yeah", "yes", "yep", "right", "and", "but", "alright", "sure", "great", "then",
        "now", "because", "oh", "like", "anyway",
    ]
    /// Those that carry nothing also without a comma.
    private static let bareOpenings: Set = ["okay", "ok", "so", "well", "yeah", "yep", "alright", "oh", "and", "but"]
    private static let chineseOpenings = [
        "就是说", "那个，", "好的，", "好的。", "对对，", "是的，", "然后，", "那么，", "所以，", "嗯，", "嗯。", "呃，", "呃", "嗯", "好，", "对，",
        "行，", "哦，", "啊，", "OK，", "ok，", "然后", "那么",
    ]
    .map { Array($0.unicodeScalars) }
    private static let chineseFillers = Set("嗯呃啊哦唉".unicodeScalars)
    private static let stammered = Set("这那我你他它的是在有就也都要不可把对和很".unicodeScalars)
}
