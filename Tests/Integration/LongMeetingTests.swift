import FakeMinutesModel
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("A long meeting")
    struct LongMeetingTests {
        /// Somebody speaks every two seconds, for six hours.
        private static let count = 10_800

        private static func clock(_ seconds: Int) -> String {
            let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            return parts.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":") + ".000"
        }

        private static let subtitles: String = {
            let people = ["Ann", "Bo", "Cai"]
            let cues = (0..<count).map { number in
                let words =
                    number % 900 == 0
                    ? "We decided to ship crate \(number) in spring."
                    : "On page \(number) the figures of the warehouse are as they were."
                let start = clock(number * 2)
                return "\(start) --> \(clock(number * 2 + 1))\n<v \(people[number % 3])>\(words)</v>\n"
            }
            return "WEBVTT\n\n" + cues.joined(separator: "\n")
        }()

        @Test("of six hours becomes minutes, each chunk read once, and its last moment has its place in the document")
        func sixHours() async throws {
            let minutes = FakeMinutesModel(.valid)
            let answering: FakeModelServer.Answering = { minutes.answer(to: $0) }
            try await AssistantSystem.with(model: answering, .init(workers: 2)) { system, model in
                let file = Array(Self.subtitles.utf8)
                let message = try await system.sandbox.sendFile(file, named: "all-hands.vtt", as: "Maya")
                let reply = try await system.sandbox.minutes(for: message.messageID, within: .seconds(100))
                #expect(reply.text.contains("fake-model"), "\(reply.text.prefix(400))")
                #expect(try await system.settled().dead == 0)
                let asked = model.tally.requests.map(\.text)
                #expect(asked.count > 20 && Set(asked).count == asked.count)
                let documents = try await system.sandbox.documents()
                #expect(documents.count == 1)
                #expect(documents.first?.text.contains("On page \(Self.count - 1) the figures") == true)
            }
        }
    }
}
