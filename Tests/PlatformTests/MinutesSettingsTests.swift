import Testing

@testable import Platform

@Suite("Settings of minutes")
struct MinutesSettingsTests {
    @Test("templates have the fields that were set, and chats a template of their own")
    func templates() throws {
        let yaml = """
            minutes:
              template: retro
              templates:
                - name: retro
                  title: 复盘 | Retrospective
                  aliases: [回顾, look back]
                  sections:
                    - summary
                    - 要改进的 = risk + question by person
                  facts: |
                    risk: what did not go well.
                    topic: what did.
                  most_lines: 9
                - {name: short, sections: [action]}
            assistant:
              profiles:
                - {chats: [oc_1], prompt: x}
                - {chats: [oc_2], minutes_template: short}
            """
        let configuration = try ConfigurationSources(yaml: yaml).load()
        let templates = configuration.minutes.templates
        #expect(templates[0].fields["sections"] == ["summary", "要改进的 = risk + question by person"])
        #expect(templates[0].fields["title"] == ["复盘 | Retrospective"] && templates[0].fields["most_lines"] == ["9"])
        #expect(templates[0].fields["facts"] == ["risk: what did not go well.\ntopic: what did.\n"])
        #expect(templates[1].fields == ["name": ["short"], "sections": ["action"]])
        #expect(configuration.namedTemplates.map(\.name) == ["retro", "short"])
        #expect(configuration.namedTemplates.last?.key == "assistant.profiles[1].minutes_template")
        let plain = try ConfigurationSources(yaml: "").load()
        #expect(plain.minutes.template == "standard" && plain.minutes.templates.isEmpty)
    }

    @Test(
        "what cannot be is told",
        arguments: [
            ("minutes: {templates: [{name: a b, sections: [topic]}]}", "minutes.templates[0].name"),
            ("minutes: {templates: [{name: a, most_lines: 51}]}", "minutes.templates[0].most_lines"),
            ("minutes: {templates: [{name: a, section: [topic]}]}", "minutes.templates[0].section"),
            ("minutes: {templates: {name: a}}", "minutes.templates.name"),
        ]
    )
    func problems(yaml: String, key: String) {
        let problems = ConfigurationSources(yaml: yaml).problems()
        #expect(problems.count == 1 && problems[0].hasPrefix(key), "\(problems)")
    }
}
