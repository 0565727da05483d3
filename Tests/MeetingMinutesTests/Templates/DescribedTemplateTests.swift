import MeetingMinutes
import Testing

@Suite("Templates of a company's own")
struct DescribedTemplateTests {
    private let retro = [
        "name": ["retro"], "title": ["复盘 | Retrospective"], "aliases": ["回顾", "look back"],
        "sections": ["summary", "做得好的 | Went well = topic", "要改进的 = risk + question by person", "action"],
        "facts": ["topic: what went well.\n risk: what did not."], "most_lines": ["9"],
    ]

    @Test("have headings in one language or both, kinds, people and words for a model")
    func described() throws {
        let template = try MinutesTemplate(fields: retro)
        #expect(template.title == BilingualText("复盘", "Retrospective"))
        #expect(template.heading == BilingualText("复盘纪要", "Retrospective minutes"))
        #expect(template.sections.map(\.heading.english) == ["Summary", "Went well", "要改进的", "Action items"])
        #expect(
            template.sections.map { $0.parts.map(\.kind) } == [[.summary], [.topic], [.risk, .question], [.action]]
        )
        #expect(template.sections.map(\.isByPerson) == [false, false, true, false])
        #expect(template.factGuidance == "topic: what went well. risk: what did not.")
        #expect(template.limits().decisions == 9 && template.limits().topics == 9)
    }

    @Test(
        "are found by name, title and alias, whatever case, blanks and hyphens",
        arguments: [
            ("RETRO", "retro"), ("复盘", "retro"), ("look-back", "retro"), ("Stand up", "stand-up"), ("站会", "stand-up"),
            ("面试", "interview"), ("Customer Call", "customer-call"), ("标准", "standard"), ("retr", nil), ("", nil),
        ]
    )
    func named(words: String, name: String?) throws {
        #expect(try MinutesTemplates(described: [retro]).named(words)?.name == name)
    }

    @Test("go before those that come with the assistant")
    func replaced() throws {
        let own = ["name": ["interview"], "aliases": ["晨会"], "sections": ["action"]]
        let templates = try MinutesTemplates(described: [own])
        #expect(templates.all.count == MinutesTemplate.builtIn.count)
        #expect(templates.named("interview")?.sections.count == 1 && templates.named("访谈") == nil)
        #expect(templates.named("晨会")?.name == "interview" && templates.named("站会")?.name == "stand-up")
    }

    @Test(
        "that are wrong are told, with what was expected",
        arguments: [
            (["sections": ["summary"]], "name: is not set"), (["name": ["a"]], "sections: expected 1 to 12"),
            (["name": ["a"], "sections": ["Done = topics"]], "\"Done = topics\", expected kind or heading"),
            (["name": ["a"], "sections": ["topic + topic"]], "each once"),
            (["name": ["a"], "sections": ["Done ="]], "names no kind"),
            (["name": ["a"], "sections": ["a | b | c = topic"]], "expected a heading"),
            (["name": ["a"], "sections": [" = topic"]], "expected a heading"),
            (["name": ["a"], "sections": ["topic"], "title": [String(repeating: "长", count: 41)]], "title: "),
            (["name": ["a"], "sections": ["topic"], "aliases": [String(repeating: "x", count: 41)]], "aliases: "),
            (
                ["name": ["a"], "sections": ["topic"], "facts": [String(repeating: "长", count: 101)]],
                "facts: about 101 tokens"
            ),
            (
                ["name": ["a"], "sections": ["topic"], "summary": [String(repeating: "long ", count: 200)]],
                "summary: about"
            ),
        ] as [([String: [String]], String)]
    )
    func wrong(fields: [String: [String]], problem: String) {
        let error = #expect(throws: MinutesTemplateProblem.self) { try MinutesTemplate(fields: fields) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("are told of all at once, by the setting that is wrong")
    func problems() {
        let error = #expect(throws: MinutesTemplateProblems.self) {
            try MinutesTemplates(described: [["name": ["a"]], retro, retro], namedBy: [("minutes.template", "none")])
        }
        #expect(error?.entries.map(\.key) == ["minutes.templates[0].sections", "minutes.templates[2].name"])
        let many = (0..<31).map { ["name": ["t\($0)"], "sections": ["topic"]] }
        #expect(throws: MinutesTemplateProblems.self) { try MinutesTemplates(described: many) }
        let named = #expect(throws: MinutesTemplateProblems.self) {
            try MinutesTemplates(described: [retro], namedBy: [("minutes.template", "复盘"), ("x", "no-such")])
        }
        #expect(named?.description.hasPrefix("x: \"no-such\", expected one of standard, stand-up") == true)
        #expect(named?.entries.count == 1)
    }
}
