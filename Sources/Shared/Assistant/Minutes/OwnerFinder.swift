import LanguageModel

/// Tells who takes something on in a sentence. Says nothing rather than guess.
struct OwnerFinder {
    private let language: WrittenLanguage
    /// Longest first, so that `张伟明` is not found as `张伟`.
    private let people: [(spoken: String, name: String)]

    init(people: [String], language: WrittenLanguage) {
        self.language = language
        var spoken: [(spoken: String, name: String)] = []
        for person in people {
            spoken.append((person, person))
            let parts = person.split(separator: " ")
            if parts.count > 1, let first = parts.first.map(String.init), Self.isGivenName(first) {
                spoken.append((first, person))
            }
        }
        self.people = spoken.sorted { ($0.spoken.count, $1.spoken) > ($1.spoken.count, $0.spoken) }
    }

    /// `Ann` of `Ann Lee`; not `The` of `The Chair`, `Mr.` or `User`.
    private static func isGivenName(_ word: String) -> Bool {
        word.count > 2 && word.allSatisfy(\.isLetter) && !noNames.contains(word)
            && !["Hon", "Right", "Prof", "Professor", "Project", "User", "Grad", "Speaker", "Sir", "Mrs"].contains(word)
    }

    /// The owner's full name as the transcript has it, or the name used for somebody who does not speak in it.
    func owner(of sentence: String, spokenBy speaker: String?) -> String? {
        language == .chinese ? chinese(sentence, speaker) : english(sentence, speaker)
    }

    private func chinese(_ sentence: String, _ speaker: String?) -> String? {
        // 我来、我会 … before a name: 我会请李娜 still is the speaker's task.
        let own = ["我来", "我会", "我去", "我负责", "我跟进", "我今天", "我明天", "我下周", "我这边", "我牵头", "我今晚", "我周", "我把", "我先"]
            .compactMap { sentence.firstRange(of: $0)?.lowerBound }.min()
        let named = people.compactMap { person in
            sentence.firstRange(of: person.spoken).map { (place: $0.lowerBound, end: $0.upperBound, name: person.name) }
        }
        .min { $0.place < $1.place }
        if let named, own.map({ named.place < $0 }) ?? true, takesOn(sentence, from: named.place, to: named.end) {
            return named.name
        }
        if own != nil { return speaker }
        return unknownName(sentence)
    }

    /// `由…`, `请…`, `@…` before a name, or a verb of taking on after it.
    private func takesOn(_ sentence: String, from start: String.Index, to end: String.Index) -> Bool {
        let before = sentence[..<start].suffix(3)
        if ["由", "请", "让", "@", "给", "麻烦", "辛苦", "交给"].contains(where: { before.hasSuffix($0) }) { return true }
        let after = sentence[end...].prefix(12)
        return [
            "负责", "跟进", "牵头", "来", "去", "完成", "提交", "整理", "准备", "在", "于", "今天", "明天", "下周", "周", "本周", "，你", "你", "会",
            "需要", "要", "把", "确认",
        ]
        .contains { after.hasPrefix($0) || after.dropFirst().hasPrefix($0) }
    }

    /// Somebody who does not speak: `由小王负责`, `请王总确认`.
    private func unknownName(_ sentence: String) -> String? {
        let name =
            #/(?:由|请|让|交给|麻烦|@)((?:[小老阿]\p{Han}|\p{Han}[总工姐哥]|\p{Han}{2,3}?))(?=负责|跟进|牵头|来|去|完成|提交|整理|准备|确认|在|于|今天|明天|下周|周|本周|把)/#
        guard let match = sentence.firstMatch(of: name) else { return nil }
        let found = String(match.output.1)
        guard !found.contains(where: { "我你他她它们这那".contains($0) }) else { return nil }
        return ["大家", "各位", "我们", "你们", "他们", "大家一", "对方", "客户"].contains(found) ? nil : found
    }

    private func english(_ sentence: String, _ speaker: String?) -> String? {
        let lower = sentence.lowercased()
        let own = ["i'll ", "i will ", "i can take", "i am going to", "i'm going to", "i take ", "let me "]
            .compactMap { cue in
                lower.firstRange(of: cue).map { lower.distance(from: lower.startIndex, to: $0.lowerBound) }
            }
            .min()
        var best: (place: Int, name: String)?
        for person in people {
            let spoken = person.spoken.lowercased()
            guard let range = lower.firstRange(of: spoken), isWord(range, in: lower) else { continue }
            let after = lower[range.upperBound...].prefix(20)
            let before = lower[..<range.lowerBound].suffix(12)
            let cues = [
                " will", "'ll", " to ", " should", " can ", " could", " takes", " owns", " is responsible", " is going",
                ", can", ", could", ", please", ", would", ", you", " needs to", " has to", " must", ": ",
            ]
            let names = ["assign", "please ", "ask ", "by ", "for ", "to ", "owner: ", "@"]
            guard cues.contains(where: { after.hasPrefix($0) }) || names.contains(where: { before.hasSuffix($0) })
            else { continue }
            let place = lower.distance(from: lower.startIndex, to: range.lowerBound)
            if best.map({ place < $0.place }) ?? true { best = (place, person.name) }
        }
        if let best, own.map({ best.place < $0 }) ?? true { return best.name }
        if own != nil { return speaker }
        let name = #/\b([A-Z][a-z]{2,15})(?: will | needs to | is responsible|, (?:can|could|would) you|, please)/#
        guard let match = sentence.firstMatch(of: name) else { return nil }
        let found = String(match.output.1)
        return Self.noNames.contains(found) ? nil : found
    }

    private func isWord(_ range: Range<String.Index>, in text: String) -> Bool {
        let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
        let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
        return !(before?.isLetter ?? false) && !(after?.isLetter ?? false)
    }

    private static let noNames: Set = [
        "That", "This", "They", "The", "There", "What", "Who", "You", "She", "Everyone", "Everybody", "Somebody",
        "Someone",
        "And", "But", "Then", "Nobody", "Which", "Yes", "Okay", "Well", "People", "Need", "Needs", "Going", "Want",
        "Have",
        "Try", "How", "When", "Where", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        "Next",
    ]
}
