import TimePhrases

/// Who speaks in a meeting or is named as present, found by the names that others use for them.
///
/// Two names are one person's only where nobody else could be meant: a given name or a surname that one of them has, in
/// English. `张总` and `张伟` stay two.
struct People: Sendable {
    /// As the transcript has them, by their compact spelling.
    private var names: [String: String] = [:]
    /// By given name, by surname and by given name and surname without what stands between; nil where several have it.
    private var parts: [String: String?] = [:]

    /// - Parameters:
    ///   - people: As the transcript has them.
    ///   - aliases: Other spellings of theirs.
    init(_ people: [String], aliases: [String: String] = [:]) {
        for (alias, person) in aliases { names[alias.compacted] = person }
        for person in people {
            names[person.compacted] = person
            let words = Self.words(person)
            guard words.count > 1 else {
                // `Dr. Smith` is Smith.
                if let word = words.first, word.compacted != person.compacted { add(word, person) }
                continue
            }
            if let first = words.first, let last = words.last {
                add(first, person)
                add(last, person)
                add(first + last, person)
            }
        }
    }

    private mutating func add(_ part: String, _ person: String) {
        if let known = parts[part], known != person { parts[part] = .some(nil) } else { parts[part] = person }
    }

    /// The person's name as the transcript has it; nil where nobody, or more than one, is called so.
    func person(called name: String) -> String? {
        if let exact = names[name.compacted] { return exact }
        let words = Self.words(name)
        guard let first = words.first, let last = words.last else { return nil }
        if words.count == 1 { return parts[first] ?? nil }
        guard let person = parts[first + last] ?? nil else { return nil }
        // `Ann B. Lee` is not `Ann C. Lee`.
        let others = Set(Self.words(person))
        return words.allSatisfy { others.contains($0) || $0.count == 1 } ? person : nil
    }

    /// A name's words in letters of English, lower case, without titles and what stands in brackets; none of other names.
    private static func words(_ name: String) -> [String] {
        let plain = name.prefix { !"(（[【".contains($0) }.replacing("'s", with: "").replacing("’s", with: "")
        let words = plain.split { !$0.isLetter }.map { String($0).lowercased() }.filter { !titles.contains($0) }
        let isLatin = words.allSatisfy { word in word.unicodeScalars.allSatisfy { $0.value < 0x2E80 } }
        return isLatin && words.allSatisfy { !roles.contains($0) } ? words : []
    }

    private static let titles: Set = [
        "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "hon", "right", "sir", "madam", "mister", "doctor", "the",
    ]
    /// `Speaker 2` is no surname of anybody, `Project Manager` no given name.
    private static let roles: Set = [
        "speaker", "user", "chair", "project", "manager", "designer", "marketing", "industrial", "interface", "expert",
        "moderator", "host", "guest", "participant", "grad", "phd", "postdoc", "interviewer", "unknown", "team",
    ]
}
