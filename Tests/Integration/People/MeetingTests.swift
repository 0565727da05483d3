import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Recorded meetings")
    struct MeetingTests {
        private static let said = """
            Maya: The ferry leaves at nine.
            Tom: I will buy the tickets by Friday.
            Maya: We decided to take the bicycles along.
            """

        @Test("who took part gets minutes of a link to the recording, once, and a stranger a word of why not")
        func link() async throws {
            try await AssistantSystem.with { system in
                let sandbox = system.sandbox
                let meeting = try await sandbox.endMeeting("Ferry trip", transcript: Self.said)
                let asked = try await sandbox.say(meeting.url, as: "Tom")
                let reply = try await sandbox.minutes(for: asked.messageID)
                #expect(reply.text.contains("buy the tickets"))
                let stranger = try await sandbox.say(meeting.url, as: "Eve")
                let refusal = try await sandbox.minutes(for: stranger.messageID)
                #expect(refusal.text.contains("whether you may read these minutes"))
                try await sandbox.changeMeeting(meeting.meetingID, ["permission": false])
                let unshared = try await sandbox.say("/minutes " + meeting.url, as: "Maya")
                let told = try await sandbox.minutes(for: unshared.messageID)
                #expect(told.text.contains("add me as a collaborator"))
                #expect(try await system.settled().dead == 0)
                #expect(try await sandbox.replies(to: asked.messageID).count == 1)
            }
        }

        @Test("whoever turned it on gets minutes after their meetings, once for each, and of no other's")
        func afterwards() async throws {
            try await AssistantSystem.with { system in
                let sandbox = system.sandbox
                let on = try await sandbox.say("/minutes auto on", as: "Maya")
                #expect(try await sandbox.wholeReply(to: on.messageID).text.hasPrefix("All right: after each recorded"))
                _ = try await sandbox.endMeeting("Others", transcript: Self.said, host: "Tom")
                let meeting = try await sandbox.endMeeting(
                    "Ferry trip",
                    transcript: Self.said,
                    host: "Maya",
                    options: ["reserved": true, "subscribers": ["Maya"]]
                )
                for event in meeting.eventIDs { try await sandbox.redeliver(event, copies: 3) }
                try await eventually("minutes in the chat") { try await sandbox.said(in: on.chatID).count == 2 }
                #expect(try await system.settled().dead == 0)
                let said = try await sandbox.said(in: on.chatID)
                #expect(said.count == 2 && said.last?["content"]?.string?.contains("buy the tickets") == true)
            }
        }
    }
}
