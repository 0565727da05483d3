/// By what names are told apart.
package enum SpeakerKey {
    /// A name in lower case and narrow, its words joined by single blanks; Chinese without blanks, and what speech
    /// recognition calls people as a word and a number (`SPEAKER_01`, `Speaker 1`).
    package static func of(_ name: String) -> String {
        var words: [String] = [""]
        var previous: Unicode.Scalar?
        for wide in name.unicodeScalars {
            let scalar = narrow(wide)
            if scalar.properties.isWhitespace || "._-·•".unicodeScalars.contains(scalar) {
                if words.last?.isEmpty == false { words.append("") }
                previous = nil
                continue
            }
            // `AnnLee` is `Ann Lee`, but `Lina` is not `Li Na`. Digits stand for themselves.
            let begins =
                previous.map {
                    $0.properties.isLowercase && scalar.properties.isUppercase || isDigit($0) != isDigit(scalar)
                }
                ?? false
            if begins, words.last?.isEmpty == false { words.append("") }
            words[words.count - 1] += scalar.properties.lowercaseMapping
            previous = scalar
        }
        words.removeAll(where: \.isEmpty)
        words = words.map { word in
            guard word.allSatisfy({ $0.isASCII && $0.isNumber }) else { return word }
            let number = word.drop { $0 == "0" }
            return number.isEmpty ? "0" : String(number)
        }
        // A blank between two Chinese words says nothing.
        return words.reduce(into: "") { key, word in
            let isChinese =
                (key.unicodeScalars.last?.value ?? 0) >= 0x2E80 && (word.unicodeScalars.first?.value ?? 0) >= 0x2E80
            key += key.isEmpty || isChinese ? word : " " + word
        }
    }

    /// Whether what is in brackets behind a name may tell two people of this name apart: a department or a company does; a
    /// task in the meeting, a pronoun or the name in another script does not.
    static func tellsApart(_ qualifier: String, of name: String) -> Bool {
        let key = of(qualifier)
        if key.isEmpty || isOtherScript(qualifier, than: name) || pronouns.contains(qualifier.lowercased()) {
            return false
        }
        return !tasks.contains(key)
    }

    /// Whether one is Chinese and the other is not.
    static func isOtherScript(_ one: String, than other: String) -> Bool {
        guard let first = SpeakerName.isHan(one.unicodeScalars), let second = SpeakerName.isHan(other.unicodeScalars)
        else {
            return false
        }
        return first != second
    }

    /// Whether a single word may be the given name in a full name of this key: not a title, a task or a surname.
    static func isGivenName(_ word: String) -> Bool {
        word.count > 1 && word.allSatisfy(\.isLetter) && !titles.contains(word) && !surnames.contains(word)
    }

    /// The given name of a full one: the first of its Latin words, or the last two of three Chinese characters; nil where
    /// it has none that says enough.
    static func givenName(of key: String) -> String? {
        if SpeakerName.isHan(key.unicodeScalars) == true {
            // `林峰` may be the given name of 张林峰, and somebody else's full name.
            guard key.count == 3, !chineseSurnames.contains(key.dropFirst().first ?? " ") else { return nil }
            return String(key.suffix(2))
        }
        let words = key.split(separator: " ")
        guard (2...3).contains(words.count), let first = words.first.map(String.init), isGivenName(first),
            let last = words.last, last.count > 1, last.allSatisfy(\.isLetter)
        else { return nil }
        return first
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// The narrow form of what Chinese keyboards also write wide.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0xFF01...0xFF5E).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
    }

    private static let pronouns: Set = ["she/her", "he/him", "they/them", "她", "他"]
    private static let tasks: Set = [
        "主持人", "主持", "记录人", "记录", "我", "本人", "外部", "外部联系人", "访客", "嘉宾", "组织者", "host", "chair", "moderator",
        "organizer", "organiser", "presenter", "guest", "external", "you", "me", "unverified", "notes", "minutes",
    ]
    private static let titles: Set = [
        "the", "mr", "mrs", "ms", "dr", "prof", "professor", "hon", "sir", "user", "speaker", "grad", "project",
        "product",
        "industrial", "marketing", "sales", "team", "head", "vice", "senior", "guest", "host", "meeting", "room",
    ]
    /// Family names stand first in pinyin, and are no given names.
    private static let surnames: Set = [
        "zhang", "wang", "li", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "sun", "ma", "zhu", "hu",
        "guo",
        "he", "lin", "gao", "luo", "zheng", "liang", "xie", "song", "tang", "han", "feng", "deng", "cao", "peng",
        "zeng",
        "xiao", "tian", "dong", "yuan", "pan", "yu", "jiang", "cai", "du", "ye", "cheng", "su", "wei", "lu", "ding",
        "ren",
        "shen", "yao", "cui", "zhong", "tan", "fan", "jin", "shi", "liao", "jia", "xia", "fu", "fang", "bai", "zou",
        "meng",
        "xiong", "qin", "qiu", "yin", "xue", "duan", "lei", "hou", "long", "tao", "gu", "mao", "hao", "wan", "qian",
        "yan",
    ]
    private static let chineseSurnames = Set(
        """
        王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白\
        邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤安常温康施牛樊葛
        """
    )
}
