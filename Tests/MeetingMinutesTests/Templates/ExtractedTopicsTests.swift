import MeetingMinutes
import Testing

@Suite("Topics without a model, by template")
struct ExtractedTopicsTests {
    private func topics(_ name: String, _ template: MinutesTemplate) throws -> ([Minutes.Topic], Transcript) {
        let transcript = try MeetingFixture(name).transcript
        return (MinutesMaking(transcript, template: template).extracted().topics, transcript)
    }

    @Test(
        "are, of a stand-up, what each person says, and no task a second time",
        arguments: ["zh-standup", "en-standup"]
    )
    func people(name: String) throws {
        let (topics, transcript) = try topics(name, .standUp)
        let speakers = topics.compactMap { transcript[$0.utterances[0]]?.speaker }
        #expect(Set(speakers) == Set(transcript.people) && topics.allSatisfy { $0.utterances.count == 1 })
        #expect(speakers.count <= transcript.people.count * 2)
        let tasks = MinutesMaking(transcript).extracted().actions.map(\.line.text)
        #expect(!topics.contains { tasks.contains($0.text) })
        for topic in topics { #expect(transcript[topic.utterances[0]]?.text.contains(topic.text.suffix(8)) == true) }
    }

    @Test("are, of an interview, questions with what was answered")
    func answers() throws {
        let text = """
            Ms Roe: What did you build at your last job?
            Kim: Hm. I built the billing service, and I ran it for two years.
            Ms Roe: Good. Why did you leave that place?
            Kim: We were bought, and the team was closed.
            Ms Roe: Okay.
            """
        let transcript = TranscriptParser().parse(text)
        let topics = MinutesMaking(transcript, template: .interview).extracted().topics
        #expect(topics.map(\.utterances) == [[1, 2], [3, 4]])
        #expect(
            topics.first?.text
                == "What did you build at your last job? — I built the billing service, and I ran it for two years."
        )
        // Where nobody asks, a topic is a stretch of talk.
        let talk = TranscriptParser().parse(
            "A: The queue is slow.\nB: The queue grows at night.\nA: Then the queue needs consumers."
        )
        #expect(MinutesMaking(talk, template: .interview).extracted().topics.first?.utterances.count == 3)
    }

    @Test("of too many that are as long, some of all of the meeting are kept")
    func spread() {
        func word(_ number: Int) -> String {
            String((0..<6).map { Character(UnicodeScalar(UInt8(97 + (number * 7 + $0 * $0 * 5 + number * $0) % 26))) })
        }
        let turns = (0..<40).flatMap { number in
            [
                "Ms Roe: What is \(word(number * 4)) \(word(number * 4 + 1))?",
                "Kim: Some \(word(number * 4 + 2)) \(word(number * 4 + 3)).",
            ]
        }
        let transcript = TranscriptParser().parse(turns.joined(separator: "\n"))
        let topics = MinutesMaking(transcript, template: .interview).extracted().topics
        #expect(topics.count == 20 && (topics.last?.utterances.last ?? 0) > 70)
    }
}
