/// English stemming for finding again: also joins what grammar keeps apart, as `specify`, `specified` and `specification`.
///
/// In the manner of Porter, "An algorithm for suffix stripping", 1980, in one pass: plural, then participle, then the
/// longest of the endings that make one kind of word out of another. Coarser than `WordStem`, so not for showing.
enum SearchStem {
    /// The stem of a word in lower case; what has anything but Latin letters stays.
    static func of(_ word: String) -> String {
        var stem = Array(word.utf8)
        guard stem.count > 3, stem.allSatisfy({ (0x61...0x7A).contains($0) }) else { return word }
        dropPlural(&stem)
        dropParticiple(&stem)
        if let ending = endings.first(where: { stem.count - $0.count >= 4 && stem.ends(with: $0) }) {
            stem.removeLast(ending.count)
        }
        if stem.count > 3, stem.last == UInt8(ascii: "e") { stem.removeLast() }
        if stem.count > 3, stem.last == UInt8(ascii: "y") { stem[stem.count - 1] = UInt8(ascii: "i") }
        return String(decoding: withoutBritishU(stem), as: UTF8.self)
    }

    private static func dropPlural(_ stem: inout [UInt8]) {
        if stem.ends(with: "ies".utf8) {
            stem.removeLast(3)
            stem.append(UInt8(ascii: "y"))
        } else if stem.last == UInt8(ascii: "s"), !["ss", "us", "is"].contains(where: { stem.ends(with: $0.utf8) }) {
            stem.removeLast()
        }
    }

    private static func dropParticiple(_ stem: inout [UInt8]) {
        for ending in participles where stem.ends(with: ending) {
            let rest = stem.dropLast(ending.count)
            guard rest.count >= 3, rest.contains(where: { "aeiouy".utf8.contains($0) }) else { return }
            stem = Array(rest)
            // `planned` leaves `plann`.
            let end = stem.suffix(2)
            if end.first == end.last, let last = end.last, !"lsz".utf8.contains(last) { stem.removeLast() }
            // `specified` is of `specify`.
            if stem.last == UInt8(ascii: "i") { stem[stem.count - 1] = UInt8(ascii: "y") }
            return
        }
    }

    /// `colour` is `color`.
    private static func withoutBritishU(_ stem: [UInt8]) -> [UInt8] {
        guard stem.count > 5,
            let place = stem.indices.dropLast(2).first(where: { stem[$0...].starts(with: "our".utf8) })
        else { return stem }
        var stem = stem
        stem.remove(at: place + 1)
        return stem
    }

    private static let participles = ["edly", "ingly", "ing", "ed", "ly"].map { Array($0.utf8) }
    private static let endings = [
        "ification", "ization", "isation", "ational", "ation", "ition", "ement", "ivity", "ility", "ional", "ment",
        "ness", "ance", "ence", "ical", "able", "ible", "ity", "ive", "ion", "ial", "ify", "ise", "ize", "ous", "ful",
        "ist", "ate", "ic", "al", "er", "or",
    ]
    .map { Array($0.utf8) }
}

extension [UInt8] {
    fileprivate func ends(with ending: some Collection<UInt8>) -> Bool {
        count >= ending.count && suffix(ending.count).elementsEqual(ending)
    }
}
