import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Tasks of minutes")
    struct MinutesTaskTests {
        @Test("are made once from their card, for whom they are meant, and the card leads to them")
        func tasks() async throws {
            // No JSON: minutes are extracted.
            try await AssistantSystem.with(model: { _ in .text("I would rather not.") }) { system, _ in
                let sandbox = system.sandbox
                let message = try await sandbox.say(
                    "/minutes\nDate: 2026-11-20\nMaya: I will finish the tests by next Wednesday.\nBob: Good."
                )
                let card = try await sandbox.minutes(for: message.messageID)
                try await withThrowingTaskGroup(of: SandboxControl.ClickOutcome.self) { group in
                    for _ in 0..<5 {
                        group.addTask { try await sandbox.click(label: "Make task", on: card.messageID) }
                    }
                    // Those that come after the first may find the button gone.
                    for try await outcome in group where outcome.error == nil {
                        #expect(outcome.toast == "正在建任务…")
                    }
                }
                try await eventually("the card shows the task") {
                    try await sandbox.replies(to: message.messageID).first?.text.contains("✓") == true
                }
                #expect(try await system.settled().dead == 0)
                let tasks = try await sandbox.tasks()
                try #require(tasks.count == 1)
                let maya = try await sandbox.openID(of: "Maya")
                #expect(tasks[0]["members"]?.array?.map { $0["id"]?.string } == [maya])
                #expect(tasks[0]["members"]?.array?.first?["role"] == "assignee")
                #expect(tasks[0]["due"]?["timestamp"] == "1795564800000" && tasks[0]["due"]?["is_all_day"] == true)

                _ = try await sandbox.click(label: "Get Markdown", on: card.messageID)
                try await eventually("the file") {
                    try await sandbox.replies(to: card.messageID).contains { $0.type == "file" }
                }
                #expect(try await system.settled().dead == 0)
            }
        }
    }
}
