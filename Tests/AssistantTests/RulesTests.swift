import Foundation
import JSON
import JobQueue
import Testing
import TimeZones

@testable import Assistant

@Suite("Rules of automation")
struct RulesTests {
    private func rules(_ yaml: String) throws(RuleProblems) -> Rules { try Rules(yaml: yaml, zone: .shanghai) }

    private let full = """
        report_chat: oc_ops
        rules:
          - name: welcome
            on:
              event: im.chat.member.bot.added_v1
              where:
                - {field: /event/name, contains: 项目}
                - {field: /event/external, equals: "false"}
            steps:
              - task: {summary: "准备 {{/event/name}}", due_in: 2d, assignees: ["{{/event/operator_id/open_id}}"]}
              - say: {markdown: "**大家好！** 任务：{{previous}}"}
          - name: morning
            app: cli_1
            on: {schedule: weekly, days: [mon, fri], at: "09:30", time_zone: Europe/Berlin}
            steps:
              - digest: {chat: oc_1, hours: 16}
              - ask: {prompt: "翻译：{{previous}}", system: You translate.}
              - say: {chat: oc_2, text: "{{date}} {{previous}}"}
        """

    @Test("are read from YAML")
    func reading() throws {
        let rules = try rules(full)
        #expect(rules.reportChat == "oc_ops" && rules.rules.map(\.name) == ["welcome", "morning"])
        guard case .event(let type, let conditions) = rules.rules[0].trigger,
            case .schedule(let schedule) = rules.rules[1].trigger
        else {
            Issue.record("other triggers")
            return
        }
        #expect(type == "im.chat.member.bot.added_v1" && conditions.map(\.test) == [.contains("项目"), .equals("false")])
        #expect(schedule.description == "30 9 * * MON,FRI (Europe/Berlin)")
        #expect(
            rules.rules[0].steps.map(\.name) == ["task", "say"]
                && rules.rules[1].steps.map(\.name) == ["digest", "ask", "say"]
        )
        guard case .task(_, _, let due, _) = rules.rules[0].steps[0] else { return }
        #expect(due == .seconds(172_800))
    }

    @Test("are read as the documentation writes them")
    func documentation() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/automation.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let example = try #require(text.components(separatedBy: "```yaml\n").last?.components(separatedBy: "```").first)
        #expect(try rules(example).rules.count == 3)
    }

    @Test(
        "have times by the fields of cron, in the zone of all unless they name one",
        arguments: [
            (#"{schedule: daily, at: "18:05"}"#, "5 18 * * * (Asia/Shanghai)"),
            (#"{schedule: weekly, days: [sun, TUE, tue], at: "00:00", time_zone: UTC}"#, "0 0 * * TUE,SUN (UTC)"),
            (#"{schedule: monthly, day: 28, at: "09:00"}"#, "0 9 28 * * (Asia/Shanghai)"),
            // In a shorter month on its last day.
            (#"{schedule: monthly, day: 30, at: "09:00"}"#, "0 9 30L * * (Asia/Shanghai)"),
            (#"{cron: "*/20 9-17 * * MON-FRI", time_zone: Europe/Berlin}"#, "*/20 9-17 * * MON-FRI (Europe/Berlin)"),
            ("{cron: \"@hourly\"}", "@hourly (Asia/Shanghai)"),
        ]
    )
    func times(_ when: String, _ meaning: String) throws {
        let rules = try rules("rules: [{name: r, app: cli_1, on: \(when), steps: [{say: {chat: oc_1, text: x}}]}]")
        guard case .schedule(let schedule) = rules.rules[0].trigger else {
            Issue.record("another trigger")
            return
        }
        #expect(schedule.description == meaning)
        let job = try #require(try rules.periodicJobs().all.first)
        #expect(job.name == "automation:cli_1:r" && job.task == "automation.run" && job.queue == "background")
        #expect(job.seenAs == job.name && job.source == .configuration && job.catchUpWithin == .seconds(1_800))
    }

    @Test("may be none", arguments: ["", "# nothing\n", "rules: []"])
    func none(_ yaml: String) throws {
        #expect(try rules(yaml).rules.isEmpty)
    }

    @Test("that are wrong are told all at once, each with its path")
    func problems() throws {
        let yaml = """
            rules:
              - name: a b
                on: {event: x, schedule: daily}
                steps: []
              - name: c
                on: {schedule: weekly, at: "25:00", time_zone: Mars/Base, day: 3}
                steps:
                  - say: {text: "{{/event/x}}"}
                  - shout: loud
                  - say: {text: a, markdown: b}
                  - ask: {prompt: "{{unknown}} {{"}
                  - task: {summary: x, due_in: soon, color: red}
                  - digest: {hours: 1000}
              - name: d
                app: "cli 1"
                on: {cron: "61 * * * *", days: [mon]}
                steps: [{say: {chat: oc_1, text: x}}]
              - name: c
                on: {event: y, at: "09:00", where: [{field: event, equals: a, contains: b}]}
                steps: {say: x}
            """
        let error = #expect(throws: RuleProblems.self) { try rules(yaml) }
        let paths = Set(error?.problems.map(\.path) ?? [])
        for path in [
            "rules[0].name", "rules[0].on", "rules[0].steps", "rules[1].on.at", "rules[1].on.time_zone",
            "rules[1].on.days",
            "rules[1].on.day", "rules[1].app", "rules[1].steps[0].say.chat", "rules[1].steps[1].shout",
            "rules[1].steps[2].say", "rules[2].app", "rules[2].on.cron", "rules[2].on.days",
            "rules[1].steps[3].ask.prompt", "rules[1].steps[4].task.due_in", "rules[1].steps[4].task.color",
            "rules[1].steps[5].digest.hours", "rules[3].on.at", "rules[3].on.where[0]", "rules[3].on.where[0].field",
            "rules[3].steps",
        ] {
            #expect(paths.contains(path), "\(path) is not among \(paths.sorted())")
        }
    }

    @Test(
        "that are no YAML, or no rules, are told",
        arguments: ["rules: [", "- a", "rules: 3", "a: b", "rules:\n  - x", "rules: []\nrules: []", "\u{0}"]
    )
    func noRules(_ yaml: String) {
        #expect(throws: RuleProblems.self) { try rules(yaml) }
    }

    private func event(_ members: JSONValue, type: String = "t", id: String = "e1") -> JSONValue {
        ["schema": "2.0", "header": ["event_type": .string(type), "event_id": .string(id)], "event": members]
    }

    @Test(
        "hold for events whose fields fit",
        arguments: [
            ("{field: /event/name, equals: 项目组}", true), ("{field: /event/name, equals: 项目}", false),
            ("{field: /event/name, contains: 目}", true), ("{field: /event/count, equals: \"3\"}", true),
            ("{field: /event/flag, equals: \"true\"}", true), ("{field: /event/list/1, equals: b}", true),
            ("{field: /event/list, contains: B}", true), ("{field: /event/a~1b/~0, equals: x}", true),
            ("{field: /event/none, exists: true}", false), ("{field: /event/nothing, exists: true}", false),
            ("{field: /event/flag, exists: true}", true), ("{field: /event/list/7, equals: b}", false),
            ("{field: /event/name/deeper, equals: b}", false),
        ]
    )
    func conditions(_ condition: String, _ holds: Bool) throws {
        let yaml = "rules: [{name: r, on: {event: t, where: [\(condition)]}, steps: [{say: {text: x}}]}]"
        let json = event([
            "name": "项目组", "count": 3, "flag": true, "list": ["a", "b"], "a/b": ["~": "x"], "nothing": nil,
        ])
        let event = try #require(AutomationEvent(json))
        #expect(try rules(yaml).matching(event, ofApp: "cli_1").isEmpty != holds)
    }

    @Test("are for their type of event and their app")
    func matching() throws {
        let yaml = "rules: [{name: r, app: cli_1, on: {event: t}, steps: [{say: {text: x}}]}]"
        let rules = try rules(yaml)
        let right = try #require(AutomationEvent(event([:])))
        let other = try #require(AutomationEvent(event([:], type: "u")))
        #expect(rules.matching(right, ofApp: "cli_1").count == 1)
        #expect(rules.matching(right, ofApp: "cli_2").isEmpty && rules.matching(other, ofApp: "cli_1").isEmpty)
        #expect(AutomationEvent(["event": [:]]) == nil)
        let old = AutomationEvent(["uuid": "u1", "event": ["type": "approval_instance", "open_chat_id": "oc_9"]])
        #expect(old?.id == "u1" && old?.type == "approval_instance" && old?.chatID == "oc_9")
    }

    @Test("fill in templates, with the text of events as text")
    func templates() throws {
        var values = Template.Values(
            event: event(["name": "*A* [x](http://evil)\n# b", "n": 3, "o": ["k": 1], "nothing": nil]),
            rule: "r",
            date: "2026-11-26",
            time: "09:00"
        )
        values.previous = "**fine**"
        func fill(_ text: String, _ escaping: Template.Escaping = .markdown) throws -> String {
            try Template(text).filled(with: values, escaping: escaping)
        }
        #expect(try fill("{{ date }} {{time}} {{rule}}: {{previous}}!") == "2026-11-26 09:00 r: **fine**!")
        #expect(try fill("{{/event/name}}") == "\\*A\\* \\[x\\](http://evil) \\# b")
        #expect(try fill("{{/event/name}}", .none).hasPrefix("*A* [x]"))
        #expect(try fill("{{/event/n}}{{/event/o}}{{/event/nothing}}{{/event/absent}}|") == "3{\"k\":1}|")
        #expect(try fill("a } b { c }} d") == "a } b { c }} d")
        for broken in ["{{", "{{x}}", "{{{/event/name}}}", "{{#if}}", "{{event/name}}"] {
            #expect(throws: TemplateProblem.self) { try Template(broken) }
        }
    }
}
