import LanguageModel
import Testing

@testable import MeetingMinutes

@Suite("Borders of topics")
struct TopicBordersTests {
    private static let english = [
        ["battery", "charger", "solar", "voltage", "power", "cable"],
        ["rubber", "colour", "case", "yellow", "shape", "plastic"],
        ["candidate", "interview", "salary", "offer", "hiring", "recruiter"],
    ]
    private static let chinese = [
        ["电池", "充电", "电压", "续航", "电源", "线缆"], ["外壳", "颜色", "橡胶", "形状", "塑料", "黄色"],
        ["招聘", "面试", "薪资", "候选", "录用", "岗位"],
    ]

    /// Each subject's words in turn, 120 utterances a subject.
    private static func utterances(_ subjects: [[String]], joint: String) -> [Utterance] {
        subjects.enumerated().flatMap { part, words in
            (0..<120).map { turn in
                let said = (0..<4).map { words[(turn * 5 + $0 * 7) % words.count] }
                return Utterance(
                    number: part * 120 + turn + 1,
                    speaker: turn % 2 == 0 ? "A" : "B",
                    start: nil,
                    text: said.joined(separator: joint) + (joint == "的" ? "，项目计划" : ", project plan")
                )
            }
        }
    }

    private static func segments(_ utterances: [Utterance], _ language: WrittenLanguage) -> [TopicSegment] {
        TopicSegment.all(of: utterances, people: [], language: language)
    }

    @Test("are where the words change", arguments: [WrittenLanguage.english, .chinese])
    func borders(language: WrittenLanguage) {
        let utterances =
            language == .english
            ? Self.utterances(Self.english, joint: " and ") : Self.utterances(Self.chinese, joint: "的")
        let starts = Self.segments(utterances, language).map(\.range.lowerBound)
        for border in [120, 240] {
            #expect(starts.contains { abs($0 - border) <= 6 }, "\(starts)")
        }
    }

    @Test("a title is words of its own part", arguments: [WrittenLanguage.english, .chinese])
    func titles(language: WrittenLanguage) throws {
        let subjects = language == .english ? Self.english : Self.chinese
        let utterances = Self.utterances(subjects, joint: language == .english ? " and " : "的")
        let segments = Self.segments(utterances, language)
        let first = try #require(segments.first)
        #expect(subjects[0].contains { first.title.contains($0) }, "\(first.title)")
        #expect(!subjects[2].contains { first.title.contains($0) }, "\(first.title)")
        // All parts speak of it.
        #expect(!first.title.contains("project plan") && !first.title.contains("项目计划"), "\(first.title)")
    }

    @Test("parts hold each utterance once, in order, and cite first and last", arguments: [1, 2, 9, 50, 700])
    func cover(count: Int) {
        let utterances = (0..<count).map { place in
            Utterance(
                number: place + 1,
                speaker: nil,
                start: nil,
                text:
                    "Item \(place / 60) of the agenda about \(Self.english[place / 50 % 3][place % 6]) number \(place)."
            )
        }
        let segments = Self.segments(utterances, .english)
        #expect(segments.flatMap { Array($0.range) } == Array(0..<count))
        for segment in segments {
            #expect(segment.places.first == segment.range.lowerBound)
            #expect(segment.places.last == segment.range.upperBound - 1)
            #expect(segment.places == Array(Set(segment.places)).sorted() && segment.places.count <= 10)
            #expect(!segment.title.isEmpty)
        }
    }

    @Test("of nothing said there are no topics", arguments: [[], [""], ["...", "。。"]])
    func nothing(texts: [String]) {
        let utterances = texts.enumerated().map { Utterance(number: $0 + 1, speaker: nil, start: nil, text: $1) }
        #expect(Self.segments(utterances, .chinese).isEmpty)
    }
}
