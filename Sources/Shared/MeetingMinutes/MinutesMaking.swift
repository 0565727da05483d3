package import LanguageModel
package import TimeZones

/// The way from what the chunks of a meeting came to, to its minutes: everything between two steps of a pipeline that asks no
/// model.
package struct MinutesMaking: Sendable {
    package let transcript: Transcript
    /// What the minutes are written in.
    package let language: WrittenLanguage
    private let template: MinutesTemplate
    private let grounding: Grounding

    /// - Parameters:
    ///   - transcript: What they are of.
    ///   - language: What they are written in; nil for the transcript's own.
    ///   - day: The day of the meeting, where the transcript does not say it.
    ///   - template: What is looked for, and how it is laid out.
    package init(
        _ transcript: Transcript,
        in language: WrittenLanguage? = nil,
        day: CivilTime? = nil,
        template: MinutesTemplate = .standard
    ) {
        self.transcript = transcript
        self.template = template
        self.language = language ?? transcript.language
        grounding = Grounding(transcript: transcript, meetingDay: transcript.day ?? day)
    }

    /// What a model reads at once; the same ones for the same transcript.
    package var chunks: [Chunk] { Chunker().chunks(of: transcript) }

    /// Has a model read them.
    package var reader: ChunkReader { ChunkReader(language: language, guidance: template.factGuidance) }

    /// The chunks' facts, each held against what it cites. A chunk that nobody read is covered by extraction.
    ///
    /// - Parameter read: What is there, in any order.
    /// - Returns: One for each chunk, in their order.
    package func complete(_ read: [ChunkFacts]) -> [ChunkFacts] {
        chunks.map { chunk in
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
            guidance: template.summaryGuidance,
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
        minutes.template = template == .standard ? nil : template
        minutes.parts = parts.compactMap { part in
            guard let numbers = part.extractedPart else { return nil }
            if case .extracted(let reason) = part.origin { return Minutes.Part(numbers, reason) }
            return Minutes.Part(numbers, .cut)
        }
        return Merging(limits: template.limits()).merge(facts, of: transcript, into: minutes)
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

    /// Minutes without a model: of the same shape, in the meeting's own words. Nothing is translated.
    ///
    /// - Parameter absence: Why there is none.
    /// - Returns: Lines that quote, topics named by what is said again in them.
    package func extracted(for absence: Minutes.Absence? = nil) -> Minutes {
        var minutes = Minutes(
            source: .offline,
            language: language,
            title: transcript.title,
            summary: GistFinder().lines(of: transcript, atMost: .alone(transcript.language))
        )
        minutes.absence = absence
        minutes.template = template == .standard ? nil : template
        let found = FactExtractor(limits: .ofMeeting).facts(of: transcript)
        let topics = SpokenTopics(transcript: transcript).facts(template.topicForm, besides: found)
        let facts = ((topics.isEmpty ? found : found.filter { $0.kind != .topic }) + topics).compactMap { fact in
            // The line is the quote.
            var fact = fact
            fact.quote = nil
            return grounding.ground(fact)
        }
        minutes = Merging(limits: template.limits(within: .ofExtraction)).merge(facts, of: transcript, into: minutes)
        guard template == .standard else { return minutes }
        // A sentence with a figure may be a decision or a part of the summary, all of which are shown: once is enough.
        let others = minutes.summary + minutes.decisions + minutes.questions + minutes.risks
        let said = Set((others + minutes.actions.map(\.line)).map(\.text))
        minutes.numbers.removeAll { said.contains($0.text) }
        return minutes
    }
}
