import FakeMinutesModel
import JSON
import LanguageModel
import MeetingMinutes
import NIOConcurrencyHelpers

/// Makes the facts and the summary of a meeting as the pipeline does, and looks at what came out.
struct QualityRun {
    let mode: FakeMinutesModel.Mode
    let model: any LanguageModel
    /// What covers chunks; remembers what it found, as all modes come to the same.
    let extractor: any ChunkExtraction
    /// Takes each chunk's facts, to be looked at by others.
    let record: FactRecord?

    func judge(_ meeting: Meeting, into tally: inout Tally) async {
        let seen = NIOLockedValueBox(0)
        tally.meetings += 1
        tally.chunks += meeting.chunks.count
        if !meeting.isParsedWhole { tally.fail(meeting.name, "words were lost in parsing") }
        let results = await withTaskGroup(of: (Int, Result<ChunkFacts, any Error>).self) { group in
            var results = [Result<ChunkFacts, any Error>?](repeating: nil, count: meeting.chunks.count)
            for chunk in meeting.chunks {
                group.addTask { (chunk.index, await read(chunk, meeting.transcript, seen)) }
            }
            for await (index, result) in group { results[index] = result }
            return results
        }
        var facts: [Fact] = []
        var spent = 0
        for (chunk, result) in zip(meeting.chunks, results) {
            switch result {
            case .success(let read)?:
                check(read, chunk, meeting, &tally)
                record?.write(read, of: meeting.name, mode)
                facts += read.facts
                spent += read.tokens.total
            case .failure(let error)?: tally.fail(meeting.name, "chunk \(chunk.index) failed: \(error)")
            case nil: tally.fail(meeting.name, "chunk \(chunk.index) is missing")
            }
        }
        let grounded = ground(facts, meeting, &tally)
        spent += await summarise(grounded.map(\.fact), meeting, &tally)
        account(for: grounded, stated: seen.withLockedValue { $0 }, spent: spent, meeting, &tally)
    }

    /// As a job does: a first try, and a last one where a later may help.
    private func read(
        _ chunk: Chunk,
        _ transcript: Transcript,
        _ stated: NIOLockedValueBox<Int>
    ) async -> Result<ChunkFacts, any Error> {
        let reader = ChunkReader(language: transcript.language, extractor: extractor)
        let asking: ChunkReader.Asking = { request, question in
            let completion = try await model.complete(request)
            if question == .facts, let json = try? JSONValue(parsing: completion.text) {
                stated.withLockedValue { $0 += json["facts"]?.array?.count ?? 0 }
            }
            return completion
        }
        do {
            do {
                return .success(try await reader.read(chunk, of: transcript, isLastTry: false, asking: asking))
            } catch let error as LanguageModelError where error.isRetryable {
                return .success(try await reader.read(chunk, of: transcript, isLastTry: true, asking: asking))
            }
        } catch {
            return .failure(error)
        }
    }

    private func check(_ read: ChunkFacts, _ chunk: Chunk, _ meeting: Meeting, _ tally: inout Tally) {
        let name = meeting.name
        tally.facts += read.facts.count
        tally.dropped += read.dropped
        if read.origin == .repaired { tally.repaired += 1 }
        if read.extractedPart != nil { tally.covered += 1 }
        let problems = FactSchema.problems(in: ["facts": .array(read.facts.map(\.json))])
        if let problem = problems.first { tally.fail(name, "chunk \(chunk.index) breaks the schema: \(problem)") }
        if read.numbers != chunk.numbers || read.chunk != chunk.index {
            tally.fail(name, "chunk \(chunk.index) is stored as another")
        }
        let words = chunk.utterances.map(\.text).joined(separator: " ")
        if read.facts.isEmpty, read.extractedPart == nil,
            TokenEstimate.tokens(in: words) >= ChunkReader.smallChunkTokens
        {
            tally.fail(name, "chunk \(chunk.index) came to nothing, and nothing says so")
        }
        for fact in read.facts {
            let isCited = fact.utterances.contains(where: chunk.numbers.contains)
            if !isCited || fact.utterances.contains(where: { meeting.transcript[$0] == nil }) {
                tally.fail(name, "a fact of chunk \(chunk.index) cites what is not there")
            }
        }
    }

    private func ground(_ facts: [Fact], _ meeting: Meeting, _ tally: inout Tally) -> [GroundedFact] {
        let grounding = Grounding(transcript: meeting.transcript)
        return facts.compactMap { fact in
            let isPlanted = Self.isInvented(fact)
            let grounded = grounding.ground(fact)
            if isPlanted {
                tally.planted += 1
                if let grounded, Self.isInvented(grounded.fact), grounded.doubts.isEmpty { tally.leaked += 1 }
            }
            return grounded
        }
    }

    private static func isInvented(_ fact: Fact) -> Bool {
        [fact.text, fact.owner, fact.due, fact.quote].compactMap { $0 }.contains(where: Invented.occurs)
    }

    /// Returns what the summary cost.
    private func summarise(_ facts: [Fact], _ meeting: Meeting, _ tally: inout Tally) async -> Int {
        let account = TokenAccount(meeting.transcript)
        let language = meeting.transcript.language
        let prompt = SummaryPrompt(facts: facts, language: language, maximumTokens: account.summaryTokens)
        guard let request = prompt.request else { return 0 }
        do {
            let completion = try await model.complete(request)
            let reading = prompt.read(completion.text)
            if mode == .valid, reading.lines.isEmpty { tally.fail(meeting.name, "the summary is empty") }
            for line in reading.lines where line.utterances.contains(where: { meeting.transcript[$0] == nil }) {
                tally.fail(meeting.name, "a line of the summary cites what is not there")
            }
            return TokenSpend(request, completion).total
        } catch {
            if [.valid, .fenced].contains(mode) { tally.fail(meeting.name, "the summary failed: \(error)") }
            return 0
        }
    }

    private func account(
        for grounded: [GroundedFact],
        stated: Int,
        spent: Int,
        _ meeting: Meeting,
        _ tally: inout Tally
    ) {
        let cited = Set(grounded.flatMap(\.fact.utterances))
        tally.references += meeting.references.count
        tally.touched += meeting.references.count { $0.contains(where: cited.contains) }
        if mode == .valid {
            tally.stated += stated
            tally.kept += grounded.count { $0.doubts.isEmpty }
        }
        let account = TokenAccount(meeting.transcript)
        tally.transcriptTokens += account.transcript
        tally.spentTokens += spent
        tally.worstFactor = max(
            tally.worstFactor,
            Double(spent - TokenAccount.constant) / Double(max(account.transcript, 1))
        )
        if spent > account.allowance {
            tally.fail(meeting.name, "\(spent) tokens were spent on \(account.transcript), \(account.allowance) may be")
        }
    }
}
