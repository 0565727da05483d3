import LanguageModel
import MeetingMinutes
import Testing

@Suite("Sections of a template")
struct TemplateSectionTests {
    private let transcript = Transcript(
        utterances: ["Ann", "Bo", "Ann", "Cy", nil].enumerated().map { index, speaker in
            Utterance(
                number: index + 1,
                speaker: speaker,
                start: index * 60,
                text: String(repeating: "word ", count: index + 1)
            )
        }
    )

    private func minutes(_ template: MinutesTemplate, in language: WrittenLanguage = .english) -> Minutes {
        var minutes = Minutes(
            source: .model("m"),
            language: language,
            summary: [.init(text: "all is well", utterances: [1])],
            topics: [
                .init(text: "tests are done", utterances: [2], start: 60), .init(text: "docs", utterances: [1, 2, 3]),
            ],
            decisions: [.init(text: "ship it", utterances: [4])],
            actions: [
                .init(line: .init(text: "write", utterances: [2]), owner: "Cy", due: nil),
                .init(line: .init(text: "call", utterances: [3]), owner: nil, due: "Friday"),
            ],
            risks: [.init(text: "no review", utterances: [4]), .init(text: "noise", utterances: [5])]
        )
        minutes.template = template
        return minutes
    }

    @Test("go person by person where the template says so: by owner, else by who says most of what is cited")
    func byPerson() throws {
        let section = try #require(minutes(.standUp).sections(in: transcript).first { $0.heading == "By person" })
        #expect(section.groups.map(\.person) == ["Ann", "Bo", "Cy", "Nobody named"])
        func shown(_ index: Int) -> [String] {
            section.groups[index].lines.map { "\($0.label ?? "-") \($0.kind.rawValue) \($0.place)" }
        }
        #expect(shown(0) == ["Done topic 1", "Next action 1"])
        #expect(shown(1) == ["Done topic 0"])
        #expect(shown(2) == ["Next action 0", "Blocked risk 0"])
        #expect(shown(3) == ["Blocked risk 1"])
    }

    @Test("what nobody says half of is nobody's")
    func nobody() throws {
        var minutes = minutes(.standUp)
        minutes.topics = [.init(text: "all of it", utterances: [1, 2, 3, 4])]
        let section = try #require(minutes.sections(in: transcript).first { $0.heading == "By person" })
        #expect(section.groups.last?.person == "Nobody named" && section.groups.last?.lines.first?.kind == .topic)
    }

    @Test(
        "have every line of every kind once, in each template that comes with the assistant",
        arguments: MinutesTemplate.builtIn
    )
    func complete(template: MinutesTemplate) {
        var minutes = minutes(template)
        minutes.questions = [.init(text: "why?", utterances: [1])]
        minutes.numbers = [.init(text: "12", utterances: [1])]
        let lines = minutes.sections(in: transcript).flatMap(\.lines)
        let shown = lines.map { "\($0.kind) \($0.place)" }
        #expect(Set(shown).count == shown.count)
        #expect(shown.count == 1 + 2 + 1 + 2 + 1 + 2 + 1)
        #expect(Set(lines.map(\.kind)) == Set(MinutesSection.Kind.allCases))
    }

    @Test("without lines say that there are none where one expects some, and are left out elsewhere")
    func empty() {
        func headings(_ template: MinutesTemplate) -> [String] {
            var empty = Minutes(source: .offline, language: .chinese)
            empty.template = template
            return empty.sections(in: transcript).map { "\($0.heading) \($0.note ?? "-")" }
        }
        #expect(headings(.standard) == ["决定 记录中没有明确的决定。", "待办 记录中没有明确的待办。"])
        #expect(headings(.board) == ["决议 记录中没有明确的决议。", "待办 记录中没有明确的待办。"])
        #expect(headings(.lecture).isEmpty)
    }

    @Test("are drawn with headings, people and labels, in both languages")
    func markdown() {
        let english = MinutesDocument(minutes(.standUp), of: transcript).markdown
        #expect(
            english.contains(
                "**By person**\n\n**Ann**\n- Done: docs (#1, #2, #3)\n- Next: **owner to be confirmed, due Friday** call"
            )
        )
        #expect(english.contains("**Cy**\n- Next: write (#2 Bo 00:01:00)\n- Blocked: no review"))
        let chinese = MinutesDocument(minutes(.customerCall, in: .chinese), of: transcript)
        #expect(chinese.title == "客户拜访纪要")
        for piece in ["**客户需求**\n- 00:01:00 tests are done", "**顾虑与异议**", "**承诺与约定**\n- ship it", "**下一步**"] {
            #expect(chinese.markdown.contains(piece), "\(piece)\n\(chinese.markdown)")
        }
        #expect(MinutesDocument(minutes(.board), of: transcript).markdown.hasPrefix("**Attendance** Ann, Bo, Cy"))
    }

    @Test("what no section shows is counted below")
    func unlisted() throws {
        let template = try MinutesTemplate(fields: [
            "name": ["short"], "sections": ["summary", "Agreed = decision + action"],
        ])
        let markdown = MinutesDocument(minutes(template), of: transcript).markdown
        #expect(markdown.contains("**Agreed**\n- ship it") && !markdown.contains("no review"))
        #expect(markdown.contains("2 more risks not listed.") && markdown.contains("2 more topics not listed."))
    }

    @Test("keep as many lines as the template says", arguments: [3, 40])
    func bounds(most: Int) throws {
        let fields = ["name": ["few"], "sections": ["topic", "number"], "most_lines": ["\(most)"]]
        let template = try MinutesTemplate(fields: fields)
        let turns = (1...30).map {
            "Bob: Plan \($0) costs \($0 * 10) dollars a month, and \($0 * 7) percent of it is tax."
        }
        let minutes = MinutesMaking(TranscriptParser().parse(turns.joined(separator: "\n")), template: template)
            .extracted()
        #expect(minutes.numbers.count == min(most, 12))
        #expect(minutes.omissions.first { $0.kind == .number }?.count == 30 - min(most, 12))
    }

    @Test("a model is told what its template says, and minutes keep the template")
    func making() throws {
        let transcript = TranscriptParser().parse("A: We ship on Friday.\nB: I'll write the notes by Thursday.")
        let making = MinutesMaking(transcript, template: .interview)
        let facts = [GroundedFact(Fact(kind: .topic, text: "shipping", utterances: [1]))]
        let request = try #require(making.summaryPrompt(facts).request)
        #expect(request.messages[0].content.contains("It is an interview: say"))
        #expect(making.minutes([], facts, summary: [], by: "m").template == .interview)
        #expect(making.extracted().template == .interview)
        #expect(MinutesMaking(transcript).extracted().template == nil)
    }
}
