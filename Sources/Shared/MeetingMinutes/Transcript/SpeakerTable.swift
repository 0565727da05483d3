/// The heads of a transcript's lines, each read once however often it occurs.
struct SpeakerTable {
    /// What stands before a colon or a time.
    enum Head {
        /// A name, by its place in `names`.
        case name(Int)
        case label(HeaderLabel, String)
        case nothing
    }

    /// A name, and what it takes to tell whether it is one.
    struct Entry {
        let speaker: SpeakerName
        /// `SpeakerName.isPlausible`
        let isPlausible: Bool
    }

    private(set) var names: [Entry] = []
    private var heads: [ArraySlice<UInt8>: Head] = [:]

    /// What a trimmed range means. `mayBeLabel`: it stands before a colon, as only there `时间` is about the meeting.
    mutating func head(_ range: Range<Int>, in source: SourceText, mayBeLabel: Bool) -> Head {
        let key = source[range]
        let known = heads[key] ?? read(key)
        if case .label = known, !mayBeLabel { return .nothing }
        return known
    }

    /// The name in a tag such as `<v Smith, John>`, where anything is one.
    mutating func tagged(_ range: Range<Int>, in source: SourceText) -> Int? {
        if case .name(let place) = head(range, in: source, mayBeLabel: false) { return place }
        let parts = source.string(range).split(separator: ",")
        guard parts.count == 2, let speaker = SpeakerName.read("\(Self.plain(parts[1])) \(Self.plain(parts[0]))") else {
            return nil
        }
        names.append(Entry(speaker: speaker, isPlausible: true))
        heads[source[range]] = .name(names.count - 1)
        return names.count - 1
    }

    /// Without Markdown's marks of emphasis and blanks around it.
    private static func plain(_ text: some StringProtocol) -> String {
        let start = text.drop { $0 == "*" || $0.isWhitespace }
        return String(start.reversed().drop { $0 == "*" || $0.isWhitespace }.reversed())
    }

    private mutating func read(_ key: ArraySlice<UInt8>) -> Head {
        let text = Self.plain(String(decoding: key, as: UTF8.self))
        var head = Head.nothing
        if let label = HeaderLabel(text) {
            head = .label(label, text)
        } else if let speaker = SpeakerName.read(text) {
            names.append(Entry(speaker: speaker, isPlausible: speaker.isPlausible))
            head = .name(names.count - 1)
        }
        heads[key] = head
        return head
    }
}
