import FoundationEssentials
import LanguageModel
import MeetingMinutes
import Testing
import TimeZones

@Suite("Minutes as a document")
struct MinutesDocumentTests {
    private let transcript = Transcript(
        utterances: (1...9).map { Utterance(number: $0, speaker: "李娜", start: $0 * 60, text: "第\($0)句") }
    )

    private func minutes(_ language: WrittenLanguage) -> Minutes {
        Minutes(
            source: .model("m"),
            language: language,
            topics: [.init(text: "扩容", utterances: [2, 5], start: 120)],
            decisions: [.init(text: "扩到十二个", utterances: [4], quote: "那就十二个", doubts: [.number])],
            actions: [
                .init(
                    line: .init(text: "扩容", utterances: [5]),
                    owner: "李娜",
                    due: "下周三前",
                    dueDay: CivilTime(year: 2026, month: 11, day: 25)
                ),
                .init(line: .init(text: "告警", utterances: [6], doubts: [.owner, .due]), owner: nil, due: nil),
                .init(line: .init(text: "说明", utterances: [7], doubts: [.due]), owner: "王强", due: "周五"),
            ],
            risks: [.init(text: "机器不够", utterances: [8])],
            numbers: [.init(text: "积压八千条", utterances: [9])],
            parts: [.init(7...9, .refused), .init(1...2, .unreadable)],
            omissions: [.init(.action, .tooMany, 3), .init(.question, .answered, 1)]
        )
    }

    @Test("shows times, quotes, days, and what is to be confirmed, in Chinese")
    func chinese() {
        let markdown = MinutesDocument(minutes(.chinese), of: transcript).markdown
        for piece in [
            "00:02:00 扩容 (#2, #5)", "扩到十二个（待确认：数字） (#4 李娜 00:04:00) — “那就十二个”", "**李娜、期限：下周三前（2026-11-25）** 扩容",
            "**负责人待确认、期限待确认** 告警",
            "**王强、期限：周五（待确认）** 说明", "**风险**", "**数字**", "另有 3 条待办未列出。", "另有 1 个问题已由后来的决定回答。", "模型未能处理 #1–#2",
            "模型拒绝处理 #7–#9",
        ] {
            #expect(markdown.contains(piece), "\(piece)\n\(markdown)")
        }
    }

    @Test("shows times, quotes, days, and what is to be confirmed, in English")
    func english() {
        let markdown = MinutesDocument(minutes(.english), of: transcript).markdown
        for piece in [
            "扩到十二个 (to be confirmed: figure)", "**李娜, due 下周三前 (2026-11-25)**",
            "**owner to be confirmed, due date to be confirmed**",
            "due 周五 (to be confirmed)", "3 more action items not listed.", "1 question answered by later decisions.",
            "The model failed on #1–#2", "The model refused #7–#9",
        ] {
            #expect(markdown.contains(piece), "\(piece)\n\(markdown)")
        }
    }

    @Test("has headings where they are listed beside the text: sections, and below them people")
    func headings() {
        var minutes = minutes(.english)
        minutes.template = .standUp
        var document = MinutesDocument(minutes, of: transcript)
        #expect(!document.markdown.contains("## "))
        let sections = document.sections
        document.headings = .marked
        let lines = document.markdown.split(separator: "\n")
        for section in sections {
            #expect(lines.contains("## \(section.heading)"))
            for person in section.groups.compactMap(\.person) { #expect(lines.contains("### \(person)")) }
        }
        #expect(sections.contains { $0.groups.contains { $0.person != nil } })
    }

    @Test("minutes are the same after a journey as JSON", arguments: WrittenLanguage.allCases)
    func journey(language: WrittenLanguage) throws {
        let minutes = minutes(language)
        #expect(try JSONDecoder().decode(Minutes.self, from: JSONEncoder().encode(minutes)) == minutes)
    }
}
