/// What one line of a pasted transcript is.
struct TranscriptLine {
    /// What a line such as `参会人：…` is about.
    enum Label {
        case title, date, keywords, attendees
        /// Names a person by a task, and may be how the transcript calls a speaker.
        case role
        case other
    }

    enum Kind {
        /// Somebody begins to speak; the words may follow on the next lines.
        case turn(speaker: String, start: Int?, words: String)
        case words(String, start: Int?)
        case label(Label, name: String, value: String)
        /// A subtitle's time, in seconds; the words follow.
        case time(Int)
        case nothing
    }

    let kind: Kind
    /// The line without the blanks around it.
    let whole: String

    init(_ line: Substring) {
        var rest = Array(line.unicodeScalars)[...]
        Self.trim(&rest)
        whole = Self.string(rest)
        kind = Self.kind(of: rest)
    }

    private typealias Scalars = ArraySlice<Unicode.Scalar>

    /// Longest name, in Unicode scalars, with what surrounds it.
    private static let longestHead = 48

    private static func kind(of line: Scalars) -> Kind {
        var rest = line
        guard !rest.isEmpty, string(rest) != "WEBVTT", !rest.allSatisfy({ isDigit($0) }) else { return .nothing }
        while let first = rest.first, "-*>•·# ".unicodeScalars.contains(first) { rest.removeFirst() }
        let start = takeTime(&rest)
        if start != nil {
            if rest.starts(with: "-->".unicodeScalars) { return .time(start ?? 0) }
            while let first = rest.first, "-–— *".unicodeScalars.contains(first) { rest.removeFirst() }
        }
        if let turn = voice(rest, start: start) ?? head(rest, start: start) { return turn }
        guard let start else { return .words(string(line), start: nil) }
        return rest.isEmpty ? .time(start) : .words(string(rest), start: start)
    }

    /// WebVTT's `<v Name>words`.
    private static func voice(_ line: Scalars, start: Int?) -> Kind? {
        guard line.starts(with: "<v ".unicodeScalars), let end = line.firstIndex(of: ">") else { return nil }
        var words = line[(end + 1)...]
        if words.suffix(4).elementsEqual("</v>".unicodeScalars) { words = words.dropLast(4) }
        trim(&words)
        guard let name = SpeakerName.read(line[line.startIndex + 3..<end]) else { return nil }
        return .turn(speaker: name, start: start, words: string(words))
    }

    /// `Name: words`, `Name 00:12: words` or `Name 00:12`.
    private static func head(_ line: Scalars, start: Int?) -> Kind? {
        for index in line.indices.prefix(longestHead) {
            let scalar = line[index]
            if scalar == ":" || scalar == "：" {
                var words = line[(index + 1)...]
                var before = line[..<index]
                trim(&before)
                while let first = words.first, first == "*" || first == " " || first == "\u{3000}" {
                    words.removeFirst()
                }
                let title = string(before)
                if let label = labels[title.lowercased()] { return .label(label, name: title, value: string(words)) }
                guard !words.starts(with: "//".unicodeScalars), let name = SpeakerName.read(before) else { return nil }
                return .turn(speaker: name, start: start, words: string(words))
            }
            guard isDigit(scalar), index > line.startIndex, " \t([（【\u{3000}".unicodeScalars.contains(line[index - 1])
            else { continue }
            var after = line[index...]
            guard let time = takeTime(&after), let name = SpeakerName.read(line[..<index]) else { continue }
            if let first = after.first, first == ":" || first == "：" { after.removeFirst() }
            trim(&after)
            return .turn(speaker: name, start: start ?? time, words: string(after))
        }
        return nil
    }

    /// Takes a time such as `12:03`, `[1:02:03]` or `00:12:03.450` from the front, with what closes it and blanks after.
    private static func takeTime(_ line: inout Scalars) -> Int? {
        var rest = line
        if let first = rest.first, "[(（【".unicodeScalars.contains(first) { rest.removeFirst() }
        var fields: [Int] = []
        while fields.count < 3 {
            let digits = rest.prefix(3).prefix { isDigit($0) }
            guard !digits.isEmpty, fields.isEmpty || digits.count == 2, let field = Int(string(digits)) else {
                return nil
            }
            fields.append(field)
            rest = rest.dropFirst(digits.count)
            guard rest.first == ":" || rest.first == "：", rest.dropFirst().first.map(isDigit) == true else { break }
            rest.removeFirst()
        }
        guard fields.count >= 2, fields.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
        if let mark = rest.first, mark == "." || mark == ",", rest.dropFirst().first.map(isDigit) == true {
            rest = rest.dropFirst().drop { isDigit($0) }
        }
        if let last = rest.first, "])）】".unicodeScalars.contains(last) { rest.removeFirst() }
        guard rest.first.map({ !$0.properties.isAlphabetic && !isDigit($0) || $0.value >= 0x2E80 }) ?? true else {
            return nil
        }
        trim(&rest)
        line = rest
        return fields.reduce(0) { $0 * 60 + $1 }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func trim(_ scalars: inout Scalars) {
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    }

    private static func string(_ scalars: Scalars) -> String { String(String.UnicodeScalarView(scalars)) }

    private static let labels: [String: Label] = {
        let names: [(Label, String)] = [
            (.title, "主题 会议主题 会议名称 标题 会议 title subject meeting topic"),
            (.date, "时间 会议时间 日期 date time"),
            (.keywords, "关键词 关键字 keywords"),
            (.attendees, "参会人 参会人员 与会人 与会人员 出席 参加人员 attendees participants present"),
            (.role, "主持人 记录人"),
            (
                .other,
                """
                地点 会议地点 议程 议题 备注 注 注意 抄送 链接 附件 背景 时长 文字记录 会议记录 place location agenda note notes todo \
                ps re cc to from link http https duration transcript
                """
            ),
        ]
        var labels: [String: Label] = [:]
        for (label, list) in names { for name in list.split(separator: " ") { labels[String(name)] = label } }
        return labels
    }()
}
