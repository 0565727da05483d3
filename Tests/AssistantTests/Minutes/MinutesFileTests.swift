import LanguageModel
import MeetingMinutes
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Assistant

@Suite("Minutes as a file", .timeLimit(.minutes(1)))
struct MinutesFileTests {
    @Test("are sent once a click, and for the command in either language")
    func sent() async throws {
        try await MinutesFixture.with { fixture in
            try await fixture.answers.withWorker {
                try await fixture.click(.markdown)
                try await fixture.idle()
                #expect(fixture.files == ["Minutes Harbour cranes.md"])
                try await fixture.click(.markdown)
                try await fixture.answers.write("/minutes markdown", id: "om_2")
                try await fixture.answers.write("纪要 markdown", id: "om_3")
                try await fixture.idle()
            }
            #expect(fixture.files.count == 4)
            guard case .file(_, let bytes)? = fixture.chat.said.first?.reply else {
                Issue.record("no file")
                return
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("# Minutes: Harbour cranes\n\n") && text.contains("Order the gearbox"))
        }
    }

    @Test("are the latest that are there; a chat without any is told how to get them")
    func latest() async throws {
        try await MinutesFixture.with { fixture in
            let next = MinutesID(appID: "cli_1", task: "minutes-2")
            fixture.answers.time.withLockedValue { $0 += 1_000 }
            try await fixture.store.begin(MinutesFixture.request, transcript: MinutesFixture.transcript, of: next)
            try await fixture.answers.withWorker {
                try await fixture.answers.write("/minutes markdown", id: "om_2")
                try await fixture.answers.write("/minutes markdown", id: "om_3", in: "oc_2")
                try await fixture.idle()
                // The newer ones are not there yet.
                #expect(fixture.files == ["Minutes Harbour cranes.md"])
                #expect(fixture.answers.said(to: "om_3")?.reply == .markdown(AssistantTexts(.chinese).noMinutesYet))
                let minutes = Minutes(source: .offline, language: .english, title: "Shifts")
                try await fixture.store.keep(minutes, of: next)
                try await fixture.answers.write("/minutes markdown", id: "om_4")
                try await fixture.idle()
            }
            #expect(Set(fixture.files) == ["Minutes Harbour cranes.md", "Minutes Shifts.md"])
        }
    }

    @Test(
        "have a name that every system takes",
        arguments: [
            ("会议纪要：支付周会", "会议纪要：支付周会.md"), ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j.md"),
            ("../../etc/passwd", "etc passwd.md"), ("", "minutes.md"), (" . ", "minutes.md"),
            ("a\nb\u{0}c\u{202E}d", "a b c d.md"),
            (String(repeating: "会", count: 200), String(repeating: "会", count: 50) + ".md"),
        ]
    )
    func name(title: String, expected: String) {
        #expect(MinutesFile.name(title) == expected)
    }
}
