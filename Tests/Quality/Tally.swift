/// What was seen over all meetings in one mode.
struct Tally {
    var meetings = 0
    var chunks = 0
    var facts = 0
    var repaired = 0
    /// Chunks that extraction covered, all of them or their end.
    var covered = 0
    /// Items that were lost.
    var dropped = 0

    /// Facts that the model stated, where all of them are right.
    var stated = 0
    /// Of these, facts that came out at the end.
    var kept = 0
    /// Facts with something made up that came as far as grounding.
    var planted = 0
    /// Of these, facts that came out with it and without a mark.
    var leaked = 0

    var references = 0
    var touched = 0
    /// The transcripts' own tokens, and what was spent.
    var transcriptTokens = 0
    var spentTokens = 0
    /// The highest ratio of one meeting, of what is over the constant.
    var worstFactor = 0.0

    /// What may never happen, each with its meeting.
    var failures: [String] = []

    mutating func fail(_ meeting: String, _ words: String) { failures.append("\(meeting): \(words)") }

    static func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
