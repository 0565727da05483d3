import LanguageModel
import MeetingMinutes
import Testing
import TimeZones

@Suite("Meetings for tests")
struct MeetingFixtureTests {
    @Test("there are twenty, half of them Chinese, in every form")
    func twenty() throws {
        let meetings = try MeetingFixture.names.map(MeetingFixture.init)
        #expect(meetings.count == 20)
        #expect(meetings.count { $0.language == "zh-CN" } == 10)
        #expect(Set(meetings.map(\.form)).count == 4)
        #expect(meetings.allSatisfy { (15...60).contains($0.utterances) })
    }

    @Test("the parser reads each as it was written", arguments: MeetingFixture.names)
    func reading(name: String) throws {
        let meeting = try MeetingFixture(name)
        let transcript = meeting.transcript
        #expect(transcript.utterances.count == meeting.utterances)
        #expect(transcript.people == meeting.speakers)
        #expect(transcript.language.rawValue == meeting.language)
        #expect(transcript.isConversation)
        #expect(transcript.utterances.allSatisfy { ($0.start != nil) == (meeting.form != .plain) })
        switch meeting.form {
        case .feishu, .plain:
            #expect(transcript.title == meeting.title)
            #expect(transcript.day == meeting.day)
        case .srt, .vtt: #expect(transcript.utterances.allSatisfy { $0.end.map { $0 > 0 } == true })
        }
    }

    @Test("each mark stands in the utterances that it cites", arguments: MeetingFixture.names)
    func marks(name: String) throws {
        let meeting = try MeetingFixture(name)
        let transcript = meeting.transcript
        #expect(Set(meeting.marks.map(\.kind)).isSuperset(of: [.decision, .action, .question, .risk, .number]))
        for mark in meeting.marks {
            let cited = mark.utterances.compactMap { transcript[$0] }
            try #require(!cited.isEmpty && cited.count == mark.utterances.count)
            let words = cited.map(\.text).joined(separator: " ")
            #expect(mark.due.map { words.contains($0) } != false)
            #expect(mark.value.map { words.contains($0) } != false)
            #expect(mark.owner.map { meeting.speakers.contains($0) || words.contains($0) } != false)
            #expect((mark.kind == .number) == (mark.value != nil))
            if let day = mark.dueDay { #expect(day.isValid && day >= meeting.day) }
        }
    }
}
