import LanguageModel

/// Counts the phrases that are said again: runs of 2 to 6 Chinese characters, and of 1 to 3 other words, without function
/// words.
///
/// A phrase is no more frequent than its parts are, so only what both its parts allow is counted (as in Agrawal and Srikant,
/// "Fast Algorithms for Mining Association Rules", 1994), by hash; text is made of what is left.
struct PhraseCounts {
    fileprivate struct Run {
        let isIdeographic: Bool
        /// One a character or word.
        let units: [UInt64]
        let parts: Tokenizer.Run

        func hash(_ start: Int, _ length: Int) -> UInt64 {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(length)
            for unit in units[start..<start + length] { hash = (hash ^ unit) &* 0x100_0000_01B3 }
            return hash
        }

        func text(_ start: Int, _ length: Int) -> String {
            switch parts {
            case .ideographs(let characters): String(String.UnicodeScalarView(characters[start..<start + length]))
            case .words(let words): words[start..<start + length].joined(separator: " ")
            }
        }
    }

    /// Those said `threshold` times or more, and how often each is.
    static func frequent(in utterances: some Collection<Utterance>, atLeast threshold: Int) -> [String: Int] {
        let runs = utterances.flatMap { utterance in
            Tokenizer().runs(in: SpokenNoise.withoutMarks(utterance.text)).map(Run.init)
        }
        var found: [String: Int] = [:]
        for (isIdeographic, lengths) in [(true, 2...6), (false, 1...3)] {
            let runs = runs.filter { $0.isIdeographic == isIdeographic }
            var shorter: Set<UInt64>?
            for length in lengths {
                let frequent = frequent(runs, length, atLeast: threshold, extending: shorter)
                if frequent.isEmpty { break }
                collect(frequent, runs, length, into: &found)
                shorter = frequent
            }
        }
        return found
    }

    private static func frequent(
        _ runs: [Run],
        _ length: Int,
        atLeast threshold: Int,
        extending shorter: Set<UInt64>?
    ) -> Set<UInt64> {
        var counts: [UInt64: Int] = [:]
        if shorter == nil { counts.reserveCapacity(runs.reduce(0) { $0 + $1.units.count } / 2) }
        for run in runs where run.units.count >= length {
            for start in 0...run.units.count - length {
                if let shorter {
                    guard shorter.contains(run.hash(start, length - 1)),
                        shorter.contains(run.hash(start + 1, length - 1))
                    else { continue }
                }
                counts[run.hash(start, length), default: 0] += 1
            }
        }
        return Set(counts.lazy.filter { $0.value >= threshold }.map(\.key))
    }

    private static func collect(
        _ frequent: Set<UInt64>,
        _ runs: [Run],
        _ length: Int,
        into found: inout [String: Int]
    ) {
        var counts: [UInt64: (text: String, count: Int)] = [:]
        for run in runs where run.units.count >= length {
            for start in 0...run.units.count - length {
                let hash = run.hash(start, length)
                guard frequent.contains(hash) else { continue }
                var entry = counts[hash] ?? (run.text(start, length), 0)
                entry.count += 1
                counts[hash] = entry
            }
        }
        for entry in counts.values { found[entry.text] = entry.count }
    }
}

extension PhraseCounts.Run {
    fileprivate init(_ run: Tokenizer.Run) {
        parts = run
        switch run {
        case .ideographs(let characters):
            isIdeographic = true
            units = characters.map { UInt64($0.value) }
        case .words(let words):
            isIdeographic = false
            units = words.map { TermScanner.hash($0.unicodeScalars) }
        }
    }
}
