import PluginKit
import Testing

@testable import workdays

@Suite("Workdays")
struct WorkdaysTests {
    @Test(
        "are counted with both ends, in either order, with the office's holidays",
        arguments: [
            ("2026-12-01 2026-12-31", "workdays: 24, all days: 31"),
            ("2026-12-31 2026-12-01", "workdays: 24, all days: 31"),
            ("2026-12-05 2026-12-06", "workdays: 1, all days: 2"),
            ("2027-01-01 2027-01-01", "workdays: 0, all days: 1"),
            ("2026/12/1 ~ 2026/12/1", "workdays: 1, all days: 1"),
        ]
    )
    func counting(text: String, end: String) async throws {
        let reply = try await Workdays.reply(
            to: text,
            configuration: ["holidays": ["2027-01-01"], "extra_workdays": ["2026-12-06"]],
            language: .english
        )
        guard case .text(let said) = reply.parts.first else {
            Issue.record("expected a text")
            return
        }
        #expect(said.hasSuffix(end))
    }

    @Test("are counted on from a day")
    func later() async throws {
        #expect(
            try await Workdays.reply(to: "2026-12-01 +10").parts == [.text("2026-12-01 之后第 10 个工作日是 2026-12-15")]
        )
    }

    @Test("that cannot be counted are told", arguments: ["", "2026-12-01", "2026-02-30 2026-03-01", "2026-12-01 +0"])
    func usage(text: String) async throws {
        await #expect(throws: PluginError.self) { try await Workdays.reply(to: text) }
    }

    @Test("are counted for a model")
    func tool() async throws {
        let reply = try await Workdays.reply(
            to: "",
            with: [
                "tool": [
                    "name": "count_workdays", "arguments": ["from": "2026-12-01", "to": "2026-12-31"],
                ]
            ]
        )
        #expect(reply.toolResult?.text == "23")
    }
}
