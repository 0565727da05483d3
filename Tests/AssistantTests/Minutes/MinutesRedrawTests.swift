import Feishu
import JSON
import MeetingMinutes
import TestSupport
import Testing

@testable import Assistant

@Suite("The card of minutes, changed by several at once", .timeLimit(.minutes(1)))
struct MinutesRedrawTests {
    @Test("what was read earlier never stands over what was read later")
    func order() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.show()
            let cardID = try #require(try await fixture.store.card(of: fixture.id))
            let minutes = try #require(try await fixture.store.minutes(of: fixture.id))
            let progress = fixture.progress()
            try await fixture.store.keep(MinutesTask(url: "https://feishu.example/a"), ofAction: 0, of: fixture.id)
            // One that has read what it shows is overtaken by another before it is shown.
            try await progress.change(cardID) {
                try await fixture.store.keep(MinutesTask(url: "https://feishu.example/b"), ofAction: 1, of: fixture.id)
                try await progress.redraw(minutes, of: fixture.transcript, in: nil)
                return ["body": ["elements": []]]
            }
            #expect(
                fixture.card.contains("https://feishu.example/a") && fixture.card.contains("https://feishu.example/b")
            )
        }
    }

    @Test("a chunk that is read late does not put its progress in place of the minutes")
    func late() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.show()
            let card = fixture.card
            await fixture.progress().note(3, of: 4)
            #expect(fixture.card == card && card.contains("Harbour cranes"))
        }
    }

    @Test("a card that had to be sent whole is drawn until it shows all tasks")
    func whole() async throws {
        try await MinutesFixture.with { fixture in
            fixture.chat.refuse("makeCard", with: FeishuError(kind: .permission, message: "scope"))
            try await fixture.show()
            #expect(fixture.chat.calls.contains("makeCard") && fixture.chat.said.count == 1)
            // Another one is made between reading what is shown and showing it.
            fixture.chat.beforeReplacingCard {
                let other = MinutesTask(url: "https://feishu.example/other")
                try await fixture.store.keep(other, ofAction: 1, of: fixture.id)
            }
            try await fixture.answers.withWorker {
                try await fixture.click(.task, item: 0)
                try await fixture.idle()
            }
            #expect(fixture.workplace.tasks.count == 1 && fixture.chat.said.count == 1)
            for url in ["task/1", "other"] { #expect(fixture.card.contains("https://feishu.example/\(url)")) }
        }
    }

    @Test("a card that cannot be drawn anew keeps no task from being made")
    func gone() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.show()
            fixture.chat.refuse("replace", with: FeishuError(kind: .gone, message: "old", reason: .cardGone))
            try await fixture.answers.withWorker {
                try await fixture.click(.task, item: 0)
                try await fixture.idle()
            }
            #expect(try await fixture.store.tasks(of: fixture.id).count == 1)
            #expect(fixture.workplace.calls == 1 && fixture.texts.isEmpty)
        }
    }
}
