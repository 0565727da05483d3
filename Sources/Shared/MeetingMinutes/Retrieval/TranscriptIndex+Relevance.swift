extension TranscriptIndex {
    /// From which relevance on a question that names no meeting is taken to be about this one.
    ///
    /// Measured over the meetings of `Tests/MeetingMinutesTests/Fixtures`: of what a meeting came to, 97 % of the Chinese and
    /// all of the English lines reach it in their own meeting, and 0.8 % and 4.8 % in another one.
    package static let leastRelevance = 0.4

    /// How much of what a question is about was spoken of together, from 0 (nobody spoke of it) to 1.
    ///
    /// `Window.coverage` compares windows of one meeting; this tells whether the question is about the meeting at all. Words
    /// that any question may have count nothing, and words that nobody says count in full.
    ///
    /// - Parameter question: In Chinese or English.
    /// - Returns: The share of its words and pairs of characters that one window has, in the same or in a related word;
    ///   people who speak in the meeting count as said.
    package func relevance(of question: String) -> Double {
        let subject = QuestionSubject(of: question, people: Set(transcript.utterances.compactMap(\.speaker)))
        guard !subject.isEmpty, utteranceCount > 0 else { return 0 }
        let forms = subject.units.map(forms)
        let rows = counts(of: forms.flatMap(\.self))
        var most = 0
        for start in Swift.stride(from: 0, to: max(1, utteranceCount - Self.stride), by: Self.stride) {
            let end = min(utteranceCount, start + Self.windowLength)
            var first = 0
            var said = 0
            for forms in forms {
                let own = first..<first + forms.count
                if own.contains(where: { rows[$0][end] > rows[$0][start] }) { said += 1 }
                first = own.upperBound
            }
            most = max(most, said)
        }
        return Double(most + subject.named) / Double(subject.units.count + subject.named)
    }

    /// The terms of the transcript that say a unit; none where nobody does.
    private func forms(of unit: QuestionSubject.Unit) -> [Int32] {
        switch unit {
        case .word(let stem): ([stem] + (RelatedWords.english[stem] ?? [])).compactMap(vocabulary.term(ofStem:))
        case .pair(let pair):
            ([pair] + RelatedWords.chinese(in: pair)).flatMap { form in
                vocabulary.knownTerms(of: form).filter { vocabulary.kinds[Int($0)] == .pair }
            }
        }
    }
}
