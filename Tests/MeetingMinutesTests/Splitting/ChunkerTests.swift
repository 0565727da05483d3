import LanguageModel
import MeetingMinutes
import Testing
import TestSupport

@Suite("Chunker")
struct ChunkerTests {
    private func utterance(_ number: Int, _ text: String) -> Utterance {
        Utterance(number: number, speaker: "张三", start: nil, text: text)
    }

    /// A random transcript for each seed, and how it is cut.
    private func randomCuts(_ check: (Transcript, [Chunk], _ maximum: Int, _ overlap: Int) -> Void) {
        for seed in 0..<1_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let transcript = RandomMeeting.transcript(&generator)
            let maximum = Int.random(in: 40...400, using: &generator)
            let overlap = Int.random(in: 0...60, using: &generator)
            check(
                transcript,
                Chunker(maximumTokens: maximum, overlapTokens: overlap).chunks(of: transcript),
                maximum,
                overlap
            )
        }
    }

    @Test("chunks cover each utterance exactly once and in order, whatever the transcript")
    func coverage() {
        randomCuts { transcript, chunks, _, _ in
            #expect(chunks.map(\.index) == Array(chunks.indices))
            var joined: [Utterance] = []
            for part in chunks.flatMap(\.utterances) {
                #expect(!part.text.isEmpty)
                if let last = joined.last, last.number == part.number {
                    joined[joined.count - 1] = utterance(like: last, text: last.text + part.text)
                } else {
                    joined.append(part)
                }
            }
            #expect(joined == transcript.utterances)
        }
    }

    private func utterance(like other: Utterance, text: String) -> Utterance {
        Utterance(number: other.number, speaker: other.speaker, start: other.start, text: text)
    }

    @Test("no chunk costs more than the bound, as its lines are joined")
    func bound() {
        randomCuts { _, chunks, maximum, _ in
            for chunk in chunks {
                let lines = chunk.utterances.map(\.line).joined(separator: "\n") + "\n"
                #expect(TokenEstimate.tokens(in: lines) <= maximum || chunk.utterances.count == 1 && maximum < 60)
            }
        }
    }

    @Test("the context is what was said last before the chunk, as much as fits and no more")
    func context() {
        randomCuts { _, chunks, _, overlap in
            #expect(chunks.first?.context.isEmpty != false)
            for (previous, chunk) in zip(chunks, chunks.dropFirst()) {
                let cost = chunk.context.reduce(0) { $0 + $1.lineTokens }
                #expect(cost <= overlap)
                // Across the chunk before, and those before it where that is short.
                let before = chunks[..<chunk.index].flatMap(\.utterances)
                let whole = before.suffix(chunk.context.count)
                if chunk.context.count == 1, let only = chunk.context.first, let last = previous.utterances.last,
                    only != last
                {
                    #expect(only.number == last.number && last.text.hasSuffix(only.text))
                    #expect(last.lineTokens > overlap)
                } else {
                    #expect(Array(whole) == chunk.context)
                    if let next = before.dropLast(chunk.context.count).last, !chunk.context.isEmpty {
                        #expect(cost + next.lineTokens > overlap)
                    }
                }
            }
        }
    }

    @Test("there are as few chunks as the bound allows, and none is a small rest")
    func balance() {
        let transcript = Transcript(utterances: (1...101).map { utterance($0, String(repeating: "字", count: 50)) })
        let tokens = transcript.utterances.reduce(0) { $0 + $1.lineTokens }
        let chunks = Chunker(maximumTokens: tokens / 2, overlapTokens: 0).chunks(of: transcript)
        #expect(chunks.map(\.utterances.count) == [34, 34, 33])
    }

    @Test("a monologue of 40,000 characters is cut between its sentences")
    func monologue() {
        let sentence = "我们先看第一部分的数据，再讨论预算的问题。"
        let text = String(repeating: sentence, count: 2_000)
        let transcript = Transcript(utterances: [
            utterance(1, "开始吧。"),
            Utterance(number: 2, speaker: "张三", start: 5, text: text, range: 100..<(100 + text.utf8.count)),
            utterance(3, "谢谢。"),
        ])
        let chunks = Chunker().chunks(of: transcript)
        #expect((8...9).contains(chunks.count))
        let pieces = chunks.flatMap(\.utterances).filter { $0.number == 2 }
        #expect(pieces.map(\.text).joined() == text)
        #expect(pieces.allSatisfy { $0.text.hasPrefix("我们先看") && $0.text.hasSuffix("。") && $0.start == 5 })
        // Each piece knows where it stands, as the turn is one stretch of the text.
        #expect(pieces.map(\.range.lowerBound) == [100] + pieces.dropLast().map(\.range.upperBound))
        #expect(chunks.dropFirst().allSatisfy { $0.context.count == 1 && $0.context[0].text.hasPrefix("我们先看") })
        #expect(chunks.allSatisfy { Set($0.utterances.map(\.number)).count == $0.utterances.count })
        #expect(chunks.last?.numbers == 2...3)
    }

    @Test("a monologue without marks is cut at blanks, and one without blanks between characters")
    func unmarked() {
        for word in ["word ", "字", "ā", "😀", "x"] {
            let text = String(repeating: word, count: 3_000)
            let chunks = Chunker(maximumTokens: 200, overlapTokens: 20).chunks(
                of: Transcript(utterances: [utterance(1, text)])
            )
            #expect(chunks.flatMap(\.utterances).map(\.text).joined() == text)
            #expect(chunks.flatMap(\.utterances).allSatisfy { $0.lineTokens <= 200 })
            if word == "word " { #expect(chunks.allSatisfy { $0.utterances[0].text.hasPrefix("word") }) }
        }
    }

    @Test("an empty transcript has no chunks")
    func empty() {
        #expect(Chunker().chunks(of: Transcript(utterances: [])).isEmpty)
    }
}
