import Testing

@Suite("config check looks into the templates of minutes")
struct MinutesTemplateCheckTests {
    @Test("a template that is right may be named, and what is wrong is told by its setting")
    func templates() async throws {
        let good = [
            "MINUTES_TEMPLATE": "复盘", "MINUTES_TEMPLATES_NAME": "retro",
            "MINUTES_TEMPLATES_TITLE": "复盘 | Retrospective",
            "MINUTES_TEMPLATES_SECTIONS": "summary,To improve = risk + question by person",
        ]
        let valid = try await ToolRun.run("config", "check", environment: good)
        #expect(valid.status == 0)
        let unknown = try await ToolRun.run("config", "check", environment: ["MINUTES_TEMPLATE": "retro"])
        #expect(
            unknown.status == 1
                && unknown.complaints.contains("minutes.template: \"retro\", expected one of standard, stand-up")
        )
        let bad = good.merging(["MINUTES_TEMPLATES_SECTIONS": "Done = topics"]) { $1 }
        let wrong = try await ToolRun.run("config", "check", environment: bad)
        #expect(wrong.status == 1 && wrong.complaints.contains("minutes.templates[0].sections: \"Done = topics\""))
    }
}
