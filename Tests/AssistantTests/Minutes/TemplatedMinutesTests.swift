import JobQueue
import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@testable import Assistant

@Suite("Minutes by template and language, on a real Redis")
struct TemplatedMinutesTests {
    private static let standUp = """
        Sam: Morning, quick round please.
        Kofi: I finished the log rotation yesterday, and I'll write the docs by Friday.
        Lena: The proxy is a risk, it may fail before the restart on Thursday.
        Sam: We decided to restart the proxy on Thursday night.
        Kofi: Good, thanks.
        """

    private func words(_ id: String, _ fixture: AnswerFixture) -> String { fixture.said(to: id)?.words ?? "" }

    @Test("a person names a template, and the card has its sections")
    func named() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            try await fixture.write("/minutes stand-up\n\(Self.standUp)", id: "om_1")
            try await eventually("the minutes") { words("om_1", fixture).contains("**By person**") }
            #expect(words("om_1", fixture).contains("Next: **Kofi, due by Friday**"))
        }
    }

    @Test("a chat has a template of its own, where nobody names another")
    func ofChat() async throws {
        var base = AssistantSettings()
        let own = ["name": ["retro"], "sections": ["To be changed = risk + decision", "action"]]
        base.minutesTemplates = try MinutesTemplates(described: [own])
        base.minutesTemplate = "board"
        let profiles = AssistantProfiles(base: base, rules: [.init(chats: ["oc_2"]) { $0.minutesTemplate = "retro" }])
        try await AnswerFixture.with(model: OfflineModel(), profiles: profiles) { fixture in
            try await fixture.write(Self.standUp, id: "om_1")
            try await fixture.write(Self.standUp, id: "om_2", in: "oc_2")
            try await fixture.write("/minutes standard\n\(Self.standUp)", id: "om_3", in: "oc_2")
            try await eventually("the board's") { words("om_1", fixture).contains("**Resolutions**") }
            try await eventually("the chat's own") { words("om_2", fixture).contains("**To be changed**") }
            try await eventually("the one that was named") { words("om_3", fixture).contains("**Decisions**") }
        }
    }

    @Test("the model is told of template and language with every chunk, and writes in that language")
    func model() async throws {
        let facts = #"{"facts":[{"kind":"topic","text":"The callback was slow","utterances":[2],"quote":"原因是队列积压"}]}"#
        let model = ScriptedModel(answers: [.success(facts), .success("The callback was slow. [1]")])
        try await AnswerFixture.with(model: model) { fixture in
            try await fixture.write("用英文写站会纪要：\n\(Transcripts.chinese)", id: "om_1")
            try await eventually("the minutes") { words("om_1", fixture).contains("**By person**") }
            let instructions = model.requests.map { $0.messages[0].content }
            #expect(instructions.count == 2)
            #expect(instructions.allSatisfy { $0.contains("in English") && $0.contains("It is a stand-up") })
            #expect(words("om_1", fixture).contains("Quotes, names and due dates are in the words of the meeting."))
        }
    }

    @Test("the language of the conversation counts only for somebody who asks for it")
    func ownLanguage() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            try await fixture.parts.conversations.choose(language: "en", in: fixture.conversation)
            try await fixture.write("/minutes\n\(Transcripts.chinese)", id: "om_1")
            try await fixture.write("/minutes in my language\n\(Transcripts.chinese)", id: "om_2")
            try await eventually("those in the meeting's") { words("om_1", fixture).contains("**决定**") }
            try await eventually("those in the person's") { words("om_2", fixture).contains("**Decisions**") }
            #expect(words("om_2", fixture).contains("not translated"))
        }
    }

    @Test("the templates are listed for who asks, and for who names one that there is not")
    func list() async throws {
        try await AnswerFixture.with(model: OfflineModel()) { fixture in
            try await fixture.write("纪要 模板", id: "om_1")
            try await fixture.write("/minutes <at id=all>", id: "om_2")
            try await eventually("both") { fixture.chat.said.count == 2 }
            guard case .markdown(let list, _)? = fixture.said(to: "om_1")?.reply,
                case .markdown(let unknown, _)? = fixture.said(to: "om_2")?.reply
            else {
                Issue.record("no lists")
                return
            }
            #expect(list.hasPrefix("纪要模板：") && list.contains("**标准** ✓") && list.contains("站会（stand-up）：摘要、各人进展"))
            #expect(unknown.contains("没有叫") && !unknown.contains("<at id=all>"))
        }
    }
}
