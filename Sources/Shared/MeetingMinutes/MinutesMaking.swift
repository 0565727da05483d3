package import LanguageModel
package import TimeZones

/// The way from what the chunks of a meeting came to, to its minutes: everything between two steps of a pipeline that asks no
/// model.
package struct MinutesMaking: Sendable {
    package let transcript: Transcript
    /// What the minutes are written in.
    package let language: WrittenLanguage
    private let grounding: Grounding

    /// - Parameters:
    ///   - transcript: What they are of.
    ///   - language: What they are written in; nil for the transcript's own.
    ///   - day: The day of the meeting, where the transcript does not say it.
    package init(_ transcript: Transcript, in language: WrittenLanguage? = nil, day: CivilTime? = nil) {
        self.transcript = transcript
        self.language = language ?? transcript.language
        grounding = Grounding(transcript: transcript, meetingDay: transcript.day ?? day)
    }

    /// What a model reads at once; the same ones for the same transcript.
    package var chunks: [Chunk] { Chunker().chunks(of: transcript) }

    /// The chunks' facts, each held against what it cites. A chunk that nobody read is covered by extraction.
    ///
    /// - Parameter read: What is there, in any order.
    /// - Returns: One for each chunk, in their order.
    package func complete(_ read: [ChunkFacts]) -> [ChunkFacts] {
        let reader = ChunkReader(language: language)
        return chunks.map { chunk in
            read.first { $0.chunk == chunk.index && $0.numbers == chunk.numbers }
                ?? reader.covering(chunk, of: transcript, for: .failed)
        }
    }

    /// What stands of the facts.
    package func grounded(_ parts: [ChunkFacts]) -> [GroundedFact] {
        parts.flatMap(\.facts).compactMap(grounding.ground)
    }

    /// Asks for the summary of what stands.
    package func summaryPrompt(_ facts: [GroundedFact]) -> SummaryPrompt {
        SummaryPrompt(
            facts: facts.map(\.fact),
            language: language,
            maximumTokens: TokenAccount(transcript).summaryTokens
        )
    }

    /// What stands of the model's summary.
    package func summary(_ reading: SummaryReading) -> [Minutes.Line] {
        reading.lines.compactMap { grounding.ground($0.fact) }.map(Minutes.Line.init)
    }

    /// The minutes.
    ///
    /// - Parameters:
    ///   - parts: What the chunks came to, in their order.
    ///   - facts: What stands of these.
    ///   - summary: Its lines; none for what extraction finds.
    ///   - model: Who read the chunks.
    /// - Returns: The minutes; they name the parts that extraction covered.
    package func minutes(
        _ parts: [ChunkFacts],
        _ facts: [GroundedFact],
        summary: [Minutes.Line],
        by model: String
    ) -> Minutes {
        var minutes = Minutes(
            source: .model(model),
            language: language,
            title: transcript.title,
            summary: summary.isEmpty ? GistFinder().lines(of: transcript) : summary
        )
        minutes.isSummaryQuoted = summary.isEmpty
        minutes.parts = parts.compactMap { part in
            guard let numbers = part.extractedPart else { return nil }
            if case .extracted(let reason) = part.origin { return Minutes.Part(numbers, reason) }
            return Minutes.Part(numbers, .cut)
        }
        return Merging().merge(facts, of: transcript, into: minutes)
    }

    /// Why no chunk was read by the model; nil where one was.
    package func absence(_ parts: [ChunkFacts]) -> Minutes.Absence? {
        var reasons: Set<ChunkFacts.Reason> = []
        for part in parts {
            guard case .extracted(let reason) = part.origin else { return nil }
            reasons.insert(reason)
        }
        if reasons.contains(.budgetSpent) { return .budgetSpent }
        return reasons == [.refused] ? .refused : .failed
    }

    /// Minutes without a model.
    ///
    /// - Parameter absence: Why there is none.
    package func extracted(for absence: Minutes.Absence? = nil) -> Minutes {
        var minutes = MinutesExtractor().minutes(of: transcript)
        minutes.absence = absence
        for index in minutes.actions.indices {
            let action = minutes.actions[index]
            let fact = Fact(
                kind: .action,
                text: action.line.text,
                utterances: action.line.utterances,
                owner: action.owner,
                due: action.due
            )
            minutes.actions[index].dueDay = grounding.ground(fact)?.dueDay
        }
        return minutes
    }
}
