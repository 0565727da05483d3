import MeetingMinutes
import Testing

@Suite("Speaker unifier")
struct SpeakerUnifierTests {
    private func transcript(_ turns: [String], attendees: String? = nil) -> Transcript {
        TranscriptParser().parse(
            (attendees.map { ["参会人：\($0)"] } ?? []).joined() + "\n" + turns.map { "\($0)：说几句" }.joined(separator: "\n")
        )
    }

    private func speakers(_ turns: [String], attendees: String? = nil) -> [String] {
        var speakers: [String] = []
        for name in transcript(turns, attendees: attendees).utterances.compactMap(\.speaker)
        where !speakers.contains(name) {
            speakers.append(name)
        }
        return speakers
    }

    @Test(
        "one person has one name, however it is written",
        arguments: [
            (["张三", "李四", "张三(市场部)", "李四（主持人）"], ["张三", "李四"]),
            (["SPEAKER_00", "SPEAKER_01", "Speaker 0", "speaker1"], ["SPEAKER_00", "SPEAKER_01"]),
            (["说话人1", "说话人 2", "说话人 1", "说话人２"], ["说话人1", "说话人 2"]),
            (["Ann Lee", "Bob", "ANN LEE", "bob", "ann.lee", "AnnLee"], ["Ann Lee", "Bob"]),
            (["张 三", "李四", "张三"], ["张 三", "李四"]),
            (["张三（Zhang San）", "李四", "Zhang San"], ["张三", "李四"]),
            (["张三/Zhang San", "李四", "Zhang San", "张三"], ["张三", "李四"]),
            (["Alice (she/her)", "Bob (Acme)", "Alice", "Bob"], ["Alice", "Bob"]),
            (
                [
                    "The Chair (Hon. Ann Lee (North-West Riverside and Lower Hills, Independent))", "Bob Ray",
                    "The Chair",
                ],
                ["The Chair", "Bob Ray"]
            ),
            // Typed by hand: the one Ann there is.
            (["Ann Lee", "Bob Ray", "Ann", "Bob Ray"], ["Ann Lee", "Bob Ray"]),
        ]
    )
    func joined(turns: [String], expected: [String]) {
        #expect(speakers(turns + turns) == expected)
    }

    @Test(
        "what may be two people stays two",
        arguments: [
            ["张三(市场部)", "张三(研发部)"], ["Li Na", "Lina"], ["Ann Lee", "Ann Ray", "Ann"], ["张三", "Zhang San"],
            ["张伟", "张总"], ["小李", "李四"], ["Zhang San", "Zhang"], ["说话人1", "说话人11"], ["Speaker 1", "Speaker 10"],
            ["Grad A", "Grad B", "Grad"], ["The Chair", "Chair Lee"], ["张林峰", "李四", "林峰"], ["Ann Lee", "Ann"],
        ]
    )
    func apart(turns: [String]) {
        #expect(speakers(turns + turns + turns) == turns)
    }

    @Test("a given name is the attendee's whose only it can be")
    func givenNames() {
        #expect(speakers(["Ann", "Bob", "Ann", "Bob"], attendees: "Ann Lee, Bob Ray") == ["Ann Lee", "Bob Ray"])
        #expect(speakers(["Ann", "Bob", "Ann", "Bob"], attendees: "Ann Lee, Ann Ray, Bob Ray") == ["Ann", "Bob Ray"])
        #expect(speakers(["伟明", "李四", "伟明", "李四"], attendees: "张伟明、李四") == ["张伟明", "李四"])
        #expect(speakers(["Ann", "Ann Lee", "Ann", "Ann Lee"], attendees: "Ann Lee, Ann") == ["Ann", "Ann Lee"])
    }

    @Test("programs write an account always in the same way, so that two given names are two accounts")
    func exported() {
        let text = "Ann Lee 00:01\na\nBob 00:02\nb\nAnn 00:03\nc\nBob 00:04\nd\nAnn Lee 00:05\ne"
        #expect(TranscriptParser().parse(text).people == ["Ann Lee", "Bob", "Ann"])
    }

    @Test("the other ways in which somebody is written are kept, if they mean one person")
    func aliases() {
        let joined = transcript(["张三（Zhang San）", "SPEAKER_01", "Zhang San", "Speaker 1"])
        #expect(joined.aliases == ["Zhang San": "张三", "Speaker 1": "SPEAKER_01"])
        #expect(transcript(["张三(市场部)", "张三(研发部)", "张三(市场部)", "张三(研发部)"]).aliases.isEmpty)
    }
}
