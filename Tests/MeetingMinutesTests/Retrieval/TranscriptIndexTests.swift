import LanguageModel
@testable import MeetingMinutes
import TestSupport
import Testing

@Suite("Searching a transcript")
struct TranscriptIndexTests {
    /// Sixty turns of two people on each subject in turn, twenty utterances each.
    private static func meeting(_ subjects: [[String]], speakers: [String]) -> Transcript {
        var utterances: [Utterance] = []
        for (part, lines) in subjects.enumerated() {
            for turn in 0..<20 {
                utterances.append(
                    Utterance(
                        number: utterances.count + 1,
                        speaker: speakers[(part + turn) % speakers.count],
                        start: nil,
                        text: lines[turn % lines.count]
                    )
                )
            }
        }
        return Transcript(utterances: utterances)
    }

    private static let english = meeting(
        [
            ["The battery lasts two days.", "A solar cell would charge the battery.", "Fine with me."],
            ["The case is made of rubber.", "Customers like yellow rubber.", "It looks modern."],
            ["We specified the interface last week.", "The scroll wheel scans the menu.", "I see."],
            ["Hiring is slow.", "Two candidates declined our offer.", "Right."],
        ],
        speakers: ["Ann Lee", "Industrial Designer"]
    )

    private static let chinese = meeting(
        [
            ["电池可以用两天。", "太阳能电池板能充电。", "可以。"],
            ["外壳用橡胶做。", "客户喜欢黄色的外壳。", "挺好看的。"],
            ["支付回调的延迟有三秒。", "消费者数量不够，队列积压。", "明白。"],
            ["招聘进度太慢。", "两个候选人拒绝了。", "嗯。"],
        ],
        speakers: ["张伟", "李娜"]
    )

    @Test(
        "finds where an English meeting speaks of it, in other forms of the words",
        arguments: [
            ("How long do the batteries last?", 1...20), ("Why do the customers like rubber?", 21...40),
            ("What is the specification of the interface?", 41...60), ("Why did the candidate decline?", 61...80),
        ]
    )
    func english(question: String, part: ClosedRange<Int>) throws {
        let best = try #require(TranscriptIndex(Self.english).search(question).first)
        #expect(part.overlaps(best.numbers), "\(best.numbers)")
        #expect(best.coverage > 0.2)
    }

    @Test(
        "finds where a Chinese meeting speaks of it",
        arguments: [
            ("电池能用多久？", 1...20), ("外壳是什么颜色的？", 21...40), ("大家对支付回调的延迟怎么看？", 41...60), ("候选人为什么拒绝？", 61...80),
        ]
    )
    func chinese(question: String, part: ClosedRange<Int>) throws {
        let best = try #require(TranscriptIndex(Self.chinese).search(question).first)
        #expect(part.overlaps(best.numbers), "\(best.numbers)")
    }

    @Test(
        "a related word finds what is not said in the question's own",
        arguments: [
            ("What is the price?", "The cost is twelve.", "We sat by the river and watched the boats pass the bridge."),
            ("报价是多少？", "成本大概十二。", "后来坐在河边看了很久的船，一条一条从桥底下过去。"),
        ]
    )
    func related(question: String, line: String, other: String) throws {
        var lines = [String](repeating: other, count: 60)
        lines[45] = line
        let transcript = Transcript(
            utterances: lines.enumerated().map { Utterance(number: $0 + 1, speaker: "A", start: nil, text: $1) }
        )
        let best = try #require(TranscriptIndex(transcript).search(question).first)
        #expect(best.numbers.contains(46))
    }

    @Test(
        "asked about a person, it looks where that person speaks",
        arguments: ["What did Bob think?", "Bob有什么看法？"]
    )
    func speaker(question: String) throws {
        let utterances = (1...80).map { number in
            Utterance(
                number: number,
                speaker: (41...50).contains(number) ? "Bob" : "Carol",
                start: nil,
                text: "Something about the plan number \(number)."
            )
        }
        let best = try #require(TranscriptIndex(Transcript(utterances: utterances)).search(question).first)
        #expect(best.numbers.contains(45))
    }

    @Test(
        "knows people by a part of their name",
        arguments: [
            ("Ann Lee", "what did ann say"), ("Industrial Designer", "why did the industrial design team agree"),
            ("Dr David Blaney", "blaney's answer"),
        ]
    )
    func mention(name: String, question: String) {
        #expect(SpeakerMention.find(name, in: question.split { !$0.isLetter }.map(String.init)) != nil)
    }

    @Test("does not take a common word of a name for the person")
    func noMention() {
        #expect(SpeakerMention.find("Project Manager", in: ["the", "project", "is", "late"]) == nil)
        #expect(SpeakerMention.find("张伟", inChinese: "张总怎么看") == "张总")
        #expect(SpeakerMention.find("张伟", inChinese: "大家怎么看") == nil)
    }

    @Test("windows hold twenty utterances, do not overlap, and are ordered by score", arguments: [1, 7, 20, 21, 95])
    func windows(count: Int) {
        let utterances = (1...count).map { Utterance(number: $0, speaker: "A", start: nil, text: "budget item \($0)") }
        let windows = TranscriptIndex(Transcript(utterances: utterances)).search("budget", limit: 5)
        #expect(!windows.isEmpty && windows.count <= 5)
        #expect(windows.map(\.score) == windows.map(\.score).sorted(by: >))
        for (place, window) in windows.enumerated() {
            #expect(window.numbers.count == min(count, 20))
            #expect(window.numbers.lowerBound >= 1 && window.numbers.upperBound <= count)
            #expect(!windows.dropFirst(place + 1).contains { $0.numbers.overlaps(window.numbers) })
        }
    }

    @Test("of what nobody said it covers nothing, and of an empty transcript there is nothing")
    func nothing() {
        let windows = TranscriptIndex(Self.english).search("quarterly dividend taxation")
        #expect(windows.allSatisfy { $0.coverage == 0 })
        #expect(TranscriptIndex(Transcript(utterances: [])).search("battery").isEmpty)
        #expect(TranscriptIndex(Transcript(utterances: [])).passages(for: "battery").isEmpty)
        #expect(TranscriptIndex(Self.english).search("battery", limit: 0).isEmpty)
    }

    @Test("passages hold the answer, in order, each once, within the bound", arguments: [60, 300, 3_000])
    func passages(tokens: Int) {
        let found = TranscriptIndex(Self.english).passages(for: "Which candidates declined?", atMost: tokens)
        let numbers = found.map(\.number)
        #expect(numbers == Array(Set(numbers)).sorted())
        #expect(found.contains { $0.text.contains("candidates declined") })
        let cost = found.reduce(0) { $0 + TokenEstimate.tokens(in: "#\($1.number) \($1.speaker ?? "?"): \($1.text)") }
        #expect(cost <= tokens)
    }

    @Test("each of the best windows has its part in the passages, the best one the most", arguments: [200, 600])
    func shares(tokens: Int) {
        var utterances: [Utterance] = []
        for number in 1...200 {
            let isAsked = [30, 31, 32, 110, 180].contains(number)
            let text =
                isAsked
                ? "The batteries of row \(number) are charged by hand." : "We went on to talk about page \(number)."
            utterances.append(Utterance(number: number, speaker: "Ann", start: nil, text: text))
        }
        let found = TranscriptIndex(Transcript(utterances: utterances)).passages(
            for: "charged batteries",
            atMost: tokens
        )
        let numbers = Set(found.map(\.number))
        #expect(numbers.isSuperset(of: [30, 31, 32, 110, 180]))
        #expect(found.reduce(0) { $0 + TokenEstimate.tokens(in: $1.line) } <= tokens)
        #expect(numbers.count { $0 < 60 } > numbers.count { $0 > 160 })
    }

    @Test("an utterance that alone is over the bound is cut short")
    func longUtterance() {
        let text = String(repeating: "The battery lasts two days and more. ", count: 200)
        let transcript = Transcript(utterances: [Utterance(number: 1, speaker: "Ann", start: nil, text: text)])
        let found = TranscriptIndex(transcript).passages(for: "battery", atMost: 100)
        #expect(found.count == 1)
        #expect(found.allSatisfy { text.hasPrefix($0.text) && TokenEstimate.tokens(in: $0.text) <= 100 })
    }

    @Test("a question as long as a book is read to a bound")
    func longQuestion() {
        let question = String(repeating: "电池 battery 外壳 rubber interface? ", count: 20_000)
        #expect(TranscriptIndex(Self.english).search(question).count <= 5)
    }
}
