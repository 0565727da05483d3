import LanguageModel

/// Tells who takes something on in a sentence. Says nothing rather than guess.
struct OwnerFinder {
    private let language: WrittenLanguage
    /// Longest first, so that `张伟明` is not found as `张伟`.
    private let people: [(spoken: String, folded: String, name: String)]

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
            .map { ($0.spoken, $0.spoken.lowercased(), $0.name) }
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
            .compactMap { sentence.firstRange(ofBytes: $0)?.lowerBound }.min()
        let named = people.compactMap { person in
            sentence.firstRange(ofBytes: person.spoken).map {
                (place: $0.lowerBound, end: $0.upperBound, name: person.name)
            }
        }
        .min { $0.place < $1.place }
        if let named, own.map({ named.place < $0 }) ?? true, takesOn(sentence, from: named.place, to: named.end) {
            return named.name
        }
        if own != nil { return speaker }
        // 我让前台通知: whoever has others do it answers for it, unless it is a person.
        return unknownName(sentence) ?? (["我让", "我叫"].contains(where: sentence.contains) ? speaker : nil)
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
        guard Self.asking.occurs(in: Array(sentence.utf8)) else { return nil }
        let name =
            #/(?:由|请|让|交给|麻烦|@)(?:\p{Han}{1,6}的)?((?:[小老阿]\p{Han}|\p{Han}[总工姐哥]|\p{Han}{2,3}?))(?=负责|跟进|牵头|来|去|完成|提交|整理|准备|确认|在|于|今天|明天|下周|周|本周|把)/#
        guard let match = sentence.firstMatch(of: name) else { return nil }
        let found = String(match.output.1)
        guard !found.contains(where: { "我你他她它们这那".contains($0) }) else { return nil }
        return Self.noPersons.contains(found) ? nil : found
    }

    private func english(_ sentence: String, _ speaker: String?) -> String? {
        let lower = sentence.lowercased()
        let own = ["i'll ", "i will ", "i can take", "i am going to", "i'm going to", "i take ", "let me "]
            .compactMap { cue in
                lower.firstRange(ofBytes: cue).map { lower.distance(from: lower.startIndex, to: $0.lowerBound) }
            }
            .min()
        var best: (place: Int, name: String)?
        for person in people {
            guard let range = lower.firstRange(ofBytes: person.folded), isWord(range, in: lower) else { continue }
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
        guard Self.naming.occurs(in: Array(sentence.utf8)) else { return nil }
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

    /// What the expressions for names of others need: they are slow, and these are not.
    private static let asking = PhraseSet(["由", "请", "让", "交给", "麻烦", "@"])
    private static let naming = PhraseSet([
        " will ", " needs to ", " is responsible", ", can you", ", could you", ", would you", ", please",
    ])

    /// Groups and departments: nobody in particular.
    private static let noPersons: Set = [
        "大家", "各位", "我们", "你们", "他们", "大家一", "对方", "客户", "前台", "财务", "法务", "后端", "前端", "测试", "运维", "产品", "设计",
        "人事", "行政", "采购", "销售", "研发", "供应商", "厂家",
    ]

    private static let noNames: Set = [
        "That", "This", "They", "The", "There", "What", "Who", "You", "She", "Everyone", "Everybody", "Somebody",
        "Someone",
        "And", "But", "Then", "Nobody", "Which", "Yes", "Okay", "Well", "People", "Need", "Needs", "Going", "Want",
        "Have",
        "Try", "How", "When", "Where", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        "Next",
    ]
}
