import TestSupport
import Testing
import TimeZones

@testable import MeetingMinutes

/// Facts drawn at random, of which is known what was said.
@Suite("Grounding of drawn facts")
struct GroundingPropertyTests {
    private let day = CivilTime(year: 2026, month: 11, day: 20)
    private let transcripts = [Transcripts.chinese, Transcripts.english, Transcripts.export, Transcripts.englishExport]
        .map { TranscriptParser().parse($0) }

    /// A piece of an utterance that begins and ends where a word does.
    private func piece(_ text: String, _ random: inout SeededGenerator) -> String {
        let pieces = text.split { "，。？！,.?!；;".contains($0) }
            .map { $0.split(separator: " ").joined(separator: " ") }.filter { $0.count > 2 }
        return pieces.randomElement(using: &random) ?? text
    }

    @Test("what is made of pieces that were said is kept whole", arguments: 0..<8)
    func verbatim(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for transcript in transcripts {
            let grounding = Grounding(transcript: transcript, meetingDay: day)
            for _ in 0..<40 {
                let utterance = try #require(transcript.utterances.randomElement(using: &random))
                let fact = Fact(
                    kind: try #require(Fact.Kind.allCases.randomElement(using: &random)),
                    text: piece(utterance.text, &random),
                    utterances: [utterance.number],
                    quote: piece(utterance.text, &random),
                    owner: transcript.people.randomElement(using: &random)
                )
                let grounded = try #require(grounding.ground(fact))
                #expect(grounded.fact == fact && grounded.doubts == [], "\(fact) \(grounded)")
            }
        }
    }

    @Test("no number that nobody said stays unmarked", arguments: 0..<8)
    func numbers(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(100 + seed))
        for transcript in transcripts {
            let grounding = Grounding(transcript: transcript, meetingDay: day)
            let said = transcript.utterances.flatMap { Evidence([$0]).numbers }.flatMap(\.values)
            for _ in 0..<40 {
                let number = Int.random(in: 13...99_999, using: &random)
                guard !said.contains(where: { $0 == Double(number) || $0 * 100 == Double(number) }) else { continue }
                let words = [
                    "一共 \(number) 个", "约 \(number) 元", "\(number)% 的用户", "There are \(number) of them",
                    "It costs $\(number)",
                ]
                let utterance = try #require(transcript.utterances.randomElement(using: &random))
                let text = try #require(words.randomElement(using: &random))
                for kind in Fact.Kind.allCases {
                    let grounded = grounding.ground(Fact(kind: kind, text: text, utterances: [utterance.number]))
                    #expect(grounded?.doubts.contains(.number) ?? true, "\(text) \(utterance.text)")
                }
            }
        }
    }

    @Test("no date that nobody said stays unmarked, and none becomes a due day", arguments: 0..<8)
    func dates(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(200 + seed))
        for transcript in transcripts {
            let grounding = Grounding(transcript: transcript, meetingDay: day)
            for _ in 0..<40 {
                // Further away than anything in these meetings.
                let drawn = day.adding(days: Int.random(in: 40...300, using: &random))
                let words = [
                    "\(drawn.month)月\(drawn.day)日", "\(drawn.year)-\(drawn.month)-\(drawn.day)",
                    "\(drawn.year)年\(drawn.month)月\(drawn.day)日",
                ]
                let utterance = try #require(transcript.utterances.randomElement(using: &random))
                let date = try #require(words.randomElement(using: &random))
                let fact = Fact(kind: .action, text: "\(date)完成", utterances: [utterance.number], due: date)
                let grounded = try #require(grounding.ground(fact))
                #expect(grounded.doubts == [.due, .date], "\(date) \(utterance.text)")
                #expect(grounded.fact.due == nil && grounded.dueDay == nil)
            }
        }
    }

    @Test("no person whom nobody named stays an owner", arguments: 0..<8)
    func owners(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(300 + seed))
        let surnames = Array("陈吴郑冯褚卫蒋沈韩杨朱秦尤许吕施")
        let given = Array("伟芳秀英敏静磊洋勇艳杰娟涛超霞平刚")
        let english = [
            "Boris", "Ingrid", "Dmitri", "Fatima", "Hiroshi", "Leopold", "Otto Braun", "Nadia Petrova", "Dr. Kowalski",
        ]
        for transcript in transcripts {
            let grounding = Grounding(transcript: transcript, meetingDay: day)
            for _ in 0..<40 {
                let name =
                    Bool.random(using: &random)
                    ? english.randomElement(using: &random) ?? ""
                    : String([
                        surnames.randomElement(using: &random) ?? "陈", given.randomElement(using: &random) ?? "伟",
                    ])
                guard !transcript.utterances.contains(where: { $0.text.contains(name) }) else { continue }
                let utterance = try #require(transcript.utterances.randomElement(using: &random))
                let fact = Fact(
                    kind: .action,
                    text: piece(utterance.text, &random),
                    utterances: [utterance.number],
                    owner: name
                )
                let grounded = try #require(grounding.ground(fact))
                #expect(grounded.fact.owner == nil && grounded.doubts == [.owner], "\(name)")
            }
        }
    }

    @Test("whatever is in a fact, nothing traps", arguments: 0..<4)
    func hostile(seed: Int) {
        var random = SeededGenerator(seed: UInt64(400 + seed))
        let pieces = [
            "0", "9", "，", ".", "/", "-", "%", "亿", "万", "千", "百", "十", "点", "半", "分之", "第", "几", "月", "日", "周", "年",
            "下", "上", "Q", "th", "K", "a ",
            "half ", "and ", "point ", "million", "next ", "the ", "of ", "😀", "\u{0}", "é", "１", "…", "\n",
            "99999999999999999999",
        ]
        func drawn() -> String {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        for _ in 0..<500 {
            let turns = (1...3).map { Utterance(number: $0, speaker: drawn(), start: nil, text: drawn()) }
            let grounding = Grounding(transcript: Transcript(utterances: turns, attendees: [drawn()]), meetingDay: nil)
            let fact = Fact(
                kind: .decision,
                text: drawn(),
                utterances: [1, 2, 3],
                quote: drawn(),
                owner: drawn(),
                due: drawn()
            )
            _ = grounding.ground(fact)
        }
    }
}
