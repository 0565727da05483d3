import TimePhrases

/// Finds names in letters of English: `Dave`, `Ann Lee`, `iPhone 15`, `V2`, `Speaker 2`. Finds rather too few, since what it
/// finds and nobody said is marked for the reader.
struct EnglishNames {
    private struct Word {
        var range: Range<Int>
        let isFirst: Bool
        let isCapital: Bool
    }

    private let text: PhraseScanner

    init(_ text: PhraseScanner) { self.text = text }

    /// Of the scanner's characters.
    var ranges: [Range<Int>] {
        let words = words
        // A headline has a capital at each word.
        let long = words.filter { $0.range.count > 3 }
        let isHeadline = long.count > 3 && long.count { $0.isCapital } * 10 > long.count * 7
        var ranges: [Range<Int>] = []
        for (index, word) in words.enumerated() where isName(word, index, words, isHeadline) {
            if let last = ranges.last, last.upperBound + 1 == word.range.lowerBound,
                text.characters[last.upperBound] == " ",
                !hasDigit(last), !hasDigit(word.range)
            {
                ranges[ranges.count - 1] = last.lowerBound..<word.range.upperBound
            } else {
                ranges.append(word.range.lowerBound..<(versionEnd(word, index, words) ?? word.range.upperBound))
            }
        }
        return ranges
    }

    /// Where the number ends that belongs to a name such as `iPhone 15`.
    private func versionEnd(_ word: Word, _ index: Int, _ words: [Word]) -> Int? {
        guard index + 1 < words.count, text.original[word.range].dropFirst().contains(where: { $0 != $0.folded }) else {
            return nil
        }
        let next = words[index + 1].range
        guard next.lowerBound == word.range.upperBound + 1, text.characters[next].allSatisfy(\.isDigit), next.count < 5,
            next.upperBound == text.characters.count
                || !ChineseNumber.measures.contains(text.characters[next.upperBound])
        else { return nil }
        return next.upperBound
    }

    private var words: [Word] {
        var words: [Word] = []
        var place = 0
        var isFirst = true
        while place < text.characters.count {
            let start = place
            let character = text.characters[place]
            guard character.isLatin || character.isDigit else {
                if character == ".", let last = words.last, Self.titles.contains(string(last.range)) {
                    place += 1
                    continue
                }
                if ".!?:;\n。！？：；·•*-–—“\"(（「".unicodeScalars.contains(character) { isFirst = true }
                // A word behind Chinese is in the middle of its sentence.
                if character.isHan { isFirst = false }
                place += 1
                continue
            }
            while place < text.characters.count, isWord(place) { place += 1 }
            let isCapital = text.original[start..<place].contains { $0 != $0.folded }
            words.append(Word(range: start..<place, isFirst: isFirst, isCapital: isCapital))
            isFirst = false
        }
        return words
    }

    private func isWord(_ place: Int) -> Bool {
        let character = text.characters[place]
        if character.isLatin || character.isDigit { return true }
        guard character == "-" || character == "_", place > 0, place + 1 < text.characters.count else { return false }
        // `GPT-4` is one word, `Wednesday-Friday` are two.
        return text.characters[place - 1].isLatin && text.characters[place + 1].isDigit
    }

    private func hasDigit(_ range: Range<Int>) -> Bool { text.characters[range].contains { $0.isDigit } }

    private func string(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: self.text.characters[range])
        return String(text)
    }

    private func isName(_ word: Word, _ index: Int, _ words: [Word], _ isHeadline: Bool) -> Bool {
        guard word.isCapital, text.characters[word.range.lowerBound].isLatin else { return false }
        let lower = string(word.range)
        guard !Self.common.contains(lower), word.range.count > 1,
            lower.wholeMatch(of: /[qhvw]?[0-9]+/) == nil || lower.hasPrefix("v")
        else { return false }
        let isMixed = hasDigit(word.range) || text.original[word.range].dropFirst().contains { $0 != $0.folded }
        if isMixed {
            // Acronyms of offices are words.
            return !Self.acronyms.contains(lower)
        }
        if Self.givenNames.contains(lower) { return true }
        if isHeadline { return false }
        guard word.isFirst else { return true }
        // `Karen will …`, `Karen Mills …`, at a sentence's beginning, where each word has a capital.
        guard index + 1 < words.count, words[index + 1].range.lowerBound - word.range.upperBound == 1 else {
            return false
        }
        let next = words[index + 1]
        if next.isCapital, !Self.common.contains(string(next.range)), !hasDigit(next.range) {
            return !Self.isForm(lower)
        }
        return Self.personVerbs.contains(string(next.range)) && !Self.isForm(lower)
    }

    /// `Shipping`, `Discussed`, `Tests`: words and no names.
    private static func isForm(_ word: String) -> Bool {
        if word.hasSuffix("s") { return !["is", "us", "as", "es", "os"].contains(where: word.hasSuffix) }
        return ["ing", "ed", "tion", "ment", "ness", "ity", "ence", "ance"].contains(where: word.hasSuffix)
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private static let titles: Set = ["mr", "mrs", "ms", "dr", "prof", "st"]
    private static let personVerbs = Set(
        words(
            "will agreed agrees said says asked asks proposed suggested takes took reported owns mentioned explained volunteered promised"
        )
    )
    private static let acronyms = Set(
        words(
            "ok api apis ui ux kpi kpis okr okrs hr it ai pm ceo cto cfo coo faq pdf ppt qa id url eod eow eom eoq eoy cob tbd todo asr sla roi poc mvp vs am pm usd eur rmb cny gbp utc"
        )
    )
    /// Words that are written with a capital or open a sentence.
    private static let common = Set(
        words(
            """
            i i'm i'll a an the this that these those it we you they he she there here and or but if when while because so then \
            all everyone everybody nobody somebody someone no not yes what which who how why where to in on at for of with by \
            from as after before during until both each every some any most many more other another team group company board \
            meeting project product customer customers client chair speaker management marketing engineering finance sales legal \
            support operations design development security infrastructure budget launch release next first second third last \
            final new old open action decision question risk topic number item owner due date deadline summary participants \
            attendees minutes user users manager director minister government committee parliament member members president \
            monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september \
            october november december english chinese internet let let's please also however therefore moreover once only our \
            their his her its my your is are was were be been will would should could can must shall do does did has have had
            """
        )
    )
    /// The most common given names of the English-speaking world, and names that are used in examples.
    static let givenNames = Set(
        words(
            """
            james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony donald steven \
            paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric \
            jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry \
            tyler aaron jose adam henry nathan douglas zachary peter kyle walter ethan jeremy harold keith christian roger noah \
            gerald carl terry sean austin arthur lawrence jesse dylan bryan joe jordan billy bruce albert willie gabriel logan \
            alan juan wayne roy ralph randy eugene vincent russell elijah louis bobby philip johnny mary patricia jennifer linda \
            elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle \
            carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda \
            pamela emma nicole helen samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth \
            julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline \
            martha gloria teresa ann sara madison frances kathryn janice jean abigail alice julia judy sophia grace denise amber \
            doris marilyn danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori bob dave mike \
            tom tim jim bill steve dan ben sam alex chris nick max leo oscar omar ali ahmed ivan igor pierre hans klaus erin lena \
            priya raj ravi wei ming li mei kate liz sue ted fred greg jeff matt josh zoe chloe lucy molly ella mia ava
            """
        )
    )
}
