package import LanguageModel

/// Has a model read a chunk: asks, validates, has broken items repaired once, drops what stays broken, and has extraction
/// cover what the model failed on. Every chunk comes to facts that the schema allows, and says how.
package struct ChunkReader: Sendable {
    /// The requests of one chunk, each made at most once.
    package enum Question: String, Sendable, CaseIterable {
        case facts, repair
    }

    /// Asks the model; what it said to that before, where the caller keeps it. Throws what the model throws, and what keeps
    /// the caller from asking.
    package typealias Asking = @Sendable (ChatRequest, Question) async throws -> ChatCompletion

    /// A chunk of fewer tokens, such as the good-byes behind the last full one, may well have no facts.
    package static let smallChunkTokens = 100

    private let prompt: FactPrompt
    private let extractor: any ChunkExtraction

    /// - Parameters:
    ///   - language: What the facts are written in.
    ///   - guidance: What the kinds of facts are in such a meeting, as its template says.
    ///   - extractor: What covers a chunk in the model's place.
    package init(
        language: WrittenLanguage,
        guidance: String = "",
        extractor: any ChunkExtraction = FactExtractor(limits: .ofChunk)
    ) {
        prompt = FactPrompt(language: language, guidance: guidance)
        self.extractor = extractor
    }

    /// Reads one chunk, in one request or two.
    ///
    /// - Parameters:
    ///   - chunk: What is read.
    ///   - transcript: What it is of.
    ///   - isLastTry: Whether what the model fails with is covered, too, where a later try might mend it.
    ///   - asking: How the model is asked.
    /// - Returns: Its facts, and how they came.
    /// - Throws: `LanguageModelError` where it is no fault of the chunk and this is not the last try; a cancelled one always;
    ///   anything else that `asking` throws.
    package func read(
        _ chunk: Chunk,
        of transcript: Transcript,
        isLastTry: Bool,
        asking: Asking
    ) async throws -> ChunkFacts {
        var attempt = Attempt(chunk)
        do {
            let request = prompt.request(about: chunk)
            attempt.note(try await asking(request, .facts), to: request)
            if let request = FactRepair(chunk, language: prompt.language)
                .request(after: attempt.reading, to: attempt.reply)
            {
                try await repair(&attempt, by: request, isLastTry: isLastTry, asking)
            }
        } catch let error as LanguageModelError {
            guard error.code != .cancelled, isLastTry || Self.isOfChunk(error) else { throw error }
            return covered(chunk, transcript, for: ChunkFacts.Reason(error), attempt)
        }
        if let reason = attempt.failure(isSmall: isSmall(chunk)) {
            return covered(chunk, transcript, for: reason, attempt)
        }
        return withTail(attempt, chunk, transcript)
    }

    /// What extraction finds in a chunk that no model reads.
    package func covering(_ chunk: Chunk, of transcript: Transcript, for reason: ChunkFacts.Reason) -> ChunkFacts {
        covered(chunk, transcript, for: reason, Attempt(chunk))
    }

    /// What is whole already is worth more than another try of what is not: a repair that fails is thrown only where
    /// nothing would be left.
    private func repair(
        _ attempt: inout Attempt,
        by request: ChatRequest,
        isLastTry: Bool,
        _ asking: Asking
    ) async throws {
        do {
            attempt.noteRepair(try await asking(request, .repair), to: request)
        } catch let error as LanguageModelError where error.code != .cancelled {
            if attempt.reading.facts.isEmpty, !isLastTry, !Self.isOfChunk(error) { throw error }
        }
    }

    private func isSmall(_ chunk: Chunk) -> Bool {
        TokenEstimate.tokens(in: FactPrompt.lines(chunk.utterances)) < Self.smallChunkTokens
    }

    private func covered(
        _ chunk: Chunk,
        _ transcript: Transcript,
        for reason: ChunkFacts.Reason,
        _ attempt: Attempt
    ) -> ChunkFacts {
        ChunkFacts(
            chunk: chunk.index,
            numbers: chunk.numbers,
            facts: extracted(chunk, transcript),
            origin: .extracted(reason),
            extractedPart: chunk.numbers,
            dropped: attempt.reading.broken.count,
            tokens: attempt.tokens
        )
    }

    /// The model's facts; from where its reply was cut, what extraction finds.
    private func withTail(_ attempt: Attempt, _ chunk: Chunk, _ transcript: Transcript) -> ChunkFacts {
        var facts = attempt.reading.facts
        var tail: ClosedRange<Int>?
        let last = facts.compactMap(\.utterances.last).max() ?? 0
        if attempt.reading.isCut, last < chunk.numbers.upperBound {
            let rest = chunk.utterances.filter { $0.number > last }
            let part = Chunk(index: chunk.index, context: [], utterances: rest)
            facts += FactChoice.most(extracted(part, transcript), max(0, FactSchema.mostFacts - facts.count))
            tail = part.numbers
        }
        return ChunkFacts(
            chunk: chunk.index,
            numbers: chunk.numbers,
            facts: facts,
            origin: attempt.isRepaired ? .repaired : .model,
            extractedPart: tail,
            dropped: attempt.dropped,
            tokens: attempt.tokens
        )
    }

    /// What extraction finds, within the bounds of the schema.
    private func extracted(_ chunk: Chunk, _ transcript: Transcript) -> [Fact] {
        let found = extractor.facts(of: chunk, people: transcript.people, language: transcript.language)
        return FactReader(chunk).read(FactChoice.most(found, FactSchema.mostFacts)).facts
    }

    /// Whether the chunk's own text is the reason, so that another try would end the same.
    private static func isOfChunk(_ error: LanguageModelError) -> Bool {
        [.refused, .contextTooLong, .tooLarge].contains(error.code)
    }

}

extension ChunkFacts.Reason {
    /// What a model failed with.
    package init(_ error: LanguageModelError) {
        self =
            switch error.code {
            case .refused: .refused
            case .contextTooLong, .tooLarge: .tooLong
            case .timedOut: .timedOut
            case .rateLimited, .quotaExhausted: .rateLimited
            case .truncated: .cut
            case .connectFailed, .serverFailed, .unauthorised, .notFound, .invalidRequest, .badResponse, .unavailable,
                .cancelled:
                .failed
            }
    }
}

/// What was asked about a chunk and answered so far.
private struct Attempt {
    private let reader: FactReader
    private(set) var reply = ""
    private(set) var reading = Reading()
    private(set) var tokens = TokenSpend()
    private(set) var isRepaired = false
    private var finish = ChatFinish.Reason.stop

    init(_ chunk: Chunk) { reader = FactReader(chunk) }

    /// Items that are lost for good.
    private(set) var dropped = 0

    mutating func note(_ completion: ChatCompletion, to request: ChatRequest) {
        reply = completion.text
        finish = completion.finish.reason
        reading = reader.read(reply)
        dropped = reading.broken.count
        tokens = tokens + TokenSpend(request, completion)
    }

    mutating func noteRepair(_ completion: ChatCompletion, to request: ChatRequest) {
        tokens = tokens + TokenSpend(request, completion)
        let mended = reader.read(completion.text).facts.filter { !reading.facts.contains($0) }
        guard !mended.isEmpty else { return }
        isRepaired = true
        dropped = max(0, dropped - mended.count)
        let room = FactSchema.mostFacts - reading.facts.count
        let all = reading.facts + mended.prefix(max(0, room))
        reading.facts = all.enumerated()
            .sorted { ($0.element.utterances[0], $0.offset) < ($1.element.utterances[0], $1.offset) }.map(\.element)
        reading.isReadable = true
    }

    /// Why the reply is of no use; nil where it is.
    func failure(isSmall: Bool) -> ChunkFacts.Reason? {
        guard reading.facts.isEmpty else { return nil }
        if finish == .contentFilter { return .refused }
        if reply.allSatisfy(\.isWhitespace) { return .empty }
        if !reading.isReadable || dropped > 0 { return .unreadable }
        if reading.isCut { return .cut }
        return isSmall ? nil : .empty
    }
}
