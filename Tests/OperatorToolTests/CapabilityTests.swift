import Assistant
import Foundation
import JSON
import Platform
import Testing
import TimeZones

@testable import OperatorTool

@Suite("What docs/feishu.md says an app needs")
struct CapabilityTests {
    /// The names in backticks of a column of the table under a heading.
    private static func names(under heading: String, column: Int) throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/feishu.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## \(heading)\n").dropFirst().first)
        let rows = try #require(section.components(separatedBy: "\n## ").first).split(separator: "\n")
            .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }.dropFirst()
        var names: Set<String> = []
        for row in rows {
            let cell = String(row.split(separator: "|")[column])
            // Every second piece stood in backticks.
            for (place, name) in cell.components(separatedBy: "`").enumerated() where place % 2 == 1 {
                names.insert(name)
            }
        }
        return names
    }

    @Test("is each permission that the doctor looks at, and no other")
    func permissions() throws {
        let checked = Set(Capability.all.flatMap(\.permissions).map(\.name))
        #expect(try Self.names(under: "Permissions by capability", column: 1) == checked)
    }

    @Test("is each event and callback that the doctor looks at, apart from those of rules")
    func events() throws {
        let documented = try Self.names(under: "Events", column: 0)
        let ofRules: Set = ["approval_instance", "im.chat.member.user.added_v1"]
        #expect(documented.subtracting(ofRules) == Set(Subscription.all.flatMap(\.types)))
    }

    @Test("depends on what is configured: groups that are read, departments, approvals and documents")
    func uses() throws {
        let yaml = """
            rules:
              - {name: a, on: {event: approval_instance}, steps: [{task: {summary: x}}]}
              - {name: b, app: cli_1, on: {schedule: daily, at: "09:00"}, steps: [{digest: {chat: oc_1}}]}
            """
        let zone = TimeZoneRules(name: "UTC", fixedOffset: 0)
        func uses(_ environment: [String: String], _ rules: Rules) throws -> Capability.Uses {
            let settings = try Configuration.load(from: ConfigurationInput(environment: environment))
            return Capability.Uses(settings.assistant, settings.minutes, rules)
        }
        #expect(try uses([:], .none) == .documents)
        let plain = ["MINUTES_DOCUMENTS": "false"]
        #expect(try uses(plain, .none) == [])
        let rules = try Rules(yaml: yaml, zone: zone)
        #expect(try uses(plain, rules) == [.approvals, .everyGroupMessage])
        let strict = ["ASSISTANT_GROUP_POLICY": "always", "ASSISTANT_ALLOWED_DEPARTMENTS": "od-1"]
        #expect(try uses(plain.merging(strict) { $1 }, .none) == [.everyGroupMessage, .departments])
        #expect(Subscription.of(rules, app: "cli_2").map(\.types) == [["approval_instance"]])
    }
}

@Suite("config check looks into the file of rules")
struct RuleCheckTests {
    private func check(_ yaml: String, _ arguments: String...) async throws -> ToolRun {
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(yaml.utf8).write(to: file)
        return try await ToolRun.run(
            arguments: ["config", "check"] + arguments,
            environment: ["AUTOMATION_RULES_FILE": file.path]
        )
    }

    @Test("and names every problem by its path, or the line where it is no YAML")
    func problems() async throws {
        let bad = try await check(
            """
            rules:
              - {name: a, on: {schedule: daily, at: "25:00"}, steps: [{say: {text: "{{/event/x}}"}}]}
              - {name: b, on: {event: im.no_such_v1}, steps: [{shout: {text: x}}]}
            """
        )
        #expect(bad.status == 1)
        for path in [
            "rules[0].app", "rules[0].on.at", "rules[0].steps[0].say.chat", "rules[1].on.event", "rules[1].steps[0]",
        ] {
            #expect(bad.complaints.contains("\(path)"), "\(path) in \(bad.complaints)")
        }
        #expect(bad.complaints.contains("automation.rules_file ("))

        let broken = try await check("rules:\n  - {name: a\n  - b\n", "-o", "json")
        #expect(broken.status == 1)
        let problem = try broken.json().array?.first
        #expect(problem?["key"] == "automation.rules_file" && problem?["problem"]?.string?.contains("line ") == true)
        #expect(try await check("rules: []").status == 0)
        let zone = try await ToolRun.run("config", "check", environment: ["ASSISTANT_TIME_ZONE": "Asia/Nowhere"])
        #expect(zone.status == 1 && zone.complaints.contains("assistant.time_zone"))
    }
}
