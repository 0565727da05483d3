import Feishu
import JobQueue
import JobQueueTesting
import LanguageModel
import MeetingMinutes
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Assistant

@Suite("Tasks of minutes", .timeLimit(.minutes(1)))
struct MinutesTaskTests {
    @Test("a hundred clicks make one task for each item, and the card shows them all")
    func once() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.show()
            try await fixture.answers.withWorker {
                for number in 0..<100 {
                    let isAll = number % 10 == 9
                    try await fixture.click(
                        isAll ? .allTasks : .task,
                        item: isAll ? nil : number % 3,
                        by: "ou_\(number % 7)"
                    )
                }
                try await fixture.idle()
            }
            #expect(fixture.workplace.calls == 3)
            #expect(Set(fixture.workplace.tasks.map(\.summary)) == Set(MinutesFixture.actions.map(\.line.text)))
            let kept = try await fixture.store.tasks(of: fixture.id)
            #expect(Set(kept.keys) == [0, 1, 2])
            for number in 1...3 {
                #expect(fixture.card.contains("https://feishu.example/task/\(number)"), "\(number) in \(fixture.card)")
            }
            #expect(fixture.texts.isEmpty)
        }
    }

    @Test("a task says who, when, what was said and where")
    func content() async throws {
        try await MinutesFixture.with { fixture in
            fixture.workplace.seat(
                [MinutesPerson(openID: "ou_ivo", name: "ivo"), MinutesPerson(openID: "ou_tess", name: "Tess")],
                in: "oc_1"
            )
            try await fixture.store.keep(
                MinutesPage(documentID: "d", url: "https://feishu.example/docx/d", blocks: [2: "b2"]),
                of: fixture.id
            )
            try await fixture.answers.withWorker {
                try await fixture.click(.allTasks)
                try await fixture.idle()
            }
            let tasks = fixture.workplace.tasks.sorted { $0.summary < $1.summary }
            try #require(tasks.count == 3)
            let gearbox = tasks[0]
            #expect(gearbox.assignees == ["ou_ivo"] && gearbox.followers.isEmpty)
            #expect(gearbox.due == 1_795_564_800_000 && gearbox.isDueAllDay)  // 2026-11-25, at midnight in UTC.
            #expect(
                gearbox.description == """
                    Owner: Ivo
                    Due: next Wednesday
                    "I will order the gearbox" — #2 Ivo 00:00:30
                    https://feishu.example/docx/d#b2
                    Minutes: Harbour cranes (2026-11-20 10:00)
                    https://feishu.example/docx/d
                    """
            )
            #expect(gearbox.origin?.url == "https://feishu.example/docx/d#b2")
            // Nobody is given what he perhaps did not take on.
            let office = tasks[2]
            #expect(office.summary == "Write to the port office")
            #expect(office.assignees.isEmpty && office.followers == ["ou_clicker"] && office.due == nil)
            #expect(office.description?.contains("Owner: Tess (to be confirmed)") == true)
            #expect(tasks[1].assignees.isEmpty && tasks[1].description?.contains("Owner: to be confirmed") == true)
        }
    }

    @Test("a worker that dies after Feishu made a task makes no second one")
    func death() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.show()
            let isMade = NIOLockedValueBox(false)
            fixture.workplace.beforeAnswering {
                isMade.withLockedValue { $0 = true }
                try await Task.sleep(for: .seconds(3_600))
            }
            try await fixture.answers.withWorker {
                try await fixture.click(.task, item: 0)
                try await eventually("it is made") { isMade.withLockedValue { $0 } }
            }
            #expect(try await fixture.store.tasks(of: fixture.id).isEmpty)
            fixture.workplace.beforeAnswering {}
            try await fixture.answers.withWorker {
                try await eventually("it is kept") { try await fixture.store.tasks(of: fixture.id).count == 1 }
                try await fixture.idle()
            }
            #expect(fixture.workplace.tasks.count == 1 && fixture.workplace.calls == 2)
            #expect(fixture.card.contains("https://feishu.example/task/1"))
        }
    }

    @Test("one that may have been made long ago is not made again before a person has looked")
    func uncertain() async throws {
        try await MinutesFixture.with { fixture in
            // Its answer is lost, and it takes six minutes until it is tried again.
            fixture.workplace.beforeAnswering {
                fixture.workplace.beforeAnswering {}
                fixture.workplace.forgetTokens()
                fixture.answers.time.withLockedValue { $0 += 360_000 }
                throw FeishuError(kind: .transport, message: "gone", mayHaveHappened: true)
            }
            try await fixture.answers.withWorker {
                try await fixture.click(.task, item: 0)
                try await eventually("the person is told") { !fixture.texts.isEmpty }
                try await fixture.idle()
                #expect(fixture.texts == [AssistantTexts(.english).taskIsUncertain])
                #expect(fixture.workplace.calls == 1)
                try await fixture.click(.task, item: 0)
                try await fixture.idle()
            }
            #expect(fixture.workplace.tasks.count == 2 && fixture.texts.count == 1)
            #expect(try await fixture.store.tasks(of: fixture.id).count == 1)
        }
    }

    @Test("where the app may make none, who clicked is told once, and a click after that is obeyed")
    func permission() async throws {
        try await MinutesFixture.with { fixture in
            fixture.workplace.check { _ in throw FeishuError(kind: .permission, message: "scope") }
            try await fixture.answers.withWorker {
                try await fixture.click(.allTasks)
                try await fixture.idle()
                #expect(fixture.texts.count == 1 && fixture.texts.first?.contains("task:task:writeonly") == true)
                #expect(fixture.workplace.calls == 3)
                fixture.workplace.check { _ in }
                try await fixture.click(.allTasks)
                try await fixture.idle()
            }
            #expect(fixture.workplace.tasks.count == 3 && fixture.texts.count == 1)
        }
    }

    @Test("a person whom Feishu does not take is named in the text, and who clicked follows")
    func refusedPerson() async throws {
        try await MinutesFixture.with { fixture in
            fixture.workplace.seat([MinutesPerson(openID: "ou_ivo", name: "Ivo")], in: "oc_1")
            fixture.workplace.check { task in
                guard task.assignees.isEmpty else {
                    throw FeishuError(kind: .busy, code: 1_470_500, message: "failed", mayHaveHappened: true)
                }
            }
            let queue = TestQueue(jobs: .assistant(fixture.answers.parts))
            try await fixture.click(.task, item: 0, through: queue.producer)
            try await queue.runToEnd()
            #expect(fixture.workplace.tasks.map(\.followers) == [["ou_clicker"]])
            #expect(fixture.workplace.tasks.first?.description?.hasPrefix("Owner: Ivo\n") == true)
        }
    }

    @Test("what names minutes of another app, or no action item, makes nothing")
    func foreign() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.answers.withWorker {
                try await fixture.click(.allTasks, in: "cli_2")
                try await fixture.click(.markdown, in: "cli_2")
                for item in [-1, 3, Int.max, nil] { try await fixture.click(.task, item: item) }
                try await fixture.idle()
            }
            #expect(fixture.workplace.calls == 0 && fixture.chat.said.isEmpty)
        }
    }
}
