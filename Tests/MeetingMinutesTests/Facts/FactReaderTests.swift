import JSON
import MeetingMinutes
import TestSupport
import Testing

@Suite("Reading what a model said of a chunk")
struct FactReaderTests {
    /// Utterances 4 to 13, with 2 and 3 read along.
    private let chunk: Chunk = {
        let all = TranscriptParser().parse(Transcripts.chinese).utterances
        return Chunk(index: 1, context: Array(all[1...2]), utterances: Array(all[3...]))
    }()

    private func read(_ reply: String) -> Reading { FactReader(chunk).read(reply) }

    private static let good = #"{"kind":"decision","text":"消费者扩到十二个","utterances":[4]}"#
    private static let other = #"{"kind":"topic","text":"扩容","utterances":[5,6]}"#
    private static let facts = [
        Fact(kind: .decision, text: "消费者扩到十二个", utterances: [4]), Fact(kind: .topic, text: "扩容", utterances: [5, 6]),
    ]

    @Test(
        "finds the facts whatever stands around them",
        arguments: [
            "{\"facts\":[\(good),\(other)]}",
            "```json\n{\"facts\":[\(good),\(other)]}\n```",
            "Here are {some} [facts]: {\"facts\": [ \(good) , \(other) ] } Hope it helps {}.",
            "[\(good),\(other)]",
            "<think>{\"facts\":[{\"kind\":\"topic\"}]} maybe</think>\n{\"facts\":[\(good),\(other)]}",
            "{\"result\":{\"facts\":[\(good),\(other)]},\"confidence\":1}",
            "{\"facts\":[\(good),\(other),],}",
            "{\"facts\":[]} is wrong, better: {\"facts\":[\(good),\(other)]}",
            "{\"facts\":[\(good),\n\t\(other)]}",
        ]
    )
    func found(reply: String) {
        let reading = read(reply)
        #expect(reading.facts == Self.facts)
        #expect(reading.problems == [] && !reading.isCut && reading.isReadable)
        #expect(FactSchema.problems(in: ["facts": .array(reading.facts.map(\.json))]) == [])
    }

    @Test("keeps the whole items before a cut, wherever it is")
    func cut() {
        let reply = "{\"facts\":[\(Self.good),\(Self.other)]}"
        var counts: Set<Int> = []
        for length in 10..<reply.count - 1 {
            let reading = read(String(reply.prefix(length)))
            #expect(reading.isCut, "\(length)")
            #expect(reading.facts == Array(Self.facts.prefix(reading.facts.count)))
            counts.insert(reading.facts.count)
        }
        #expect(counts == [0, 1, 2])
    }

    @Test(
        "a broken item in the middle does not take the others with it",
        arguments: [
            #"{"kind":"topic","text":"an "open" quote","utterances":[4]}"#,
            #"{"kind":"topic","text":"never closed,"utterances":[4]}"#,
            #"{"kind":"topic","text":"no end","utterances":[4"#,
            #"{'kind':'topic','text':'other marks','utterances':[4]}"#,
            #"{"kind":"topic""text":"no comma","utterances":[4]}"#,
        ]
    )
    func brokenItem(item: String) {
        let reading = read("{\"facts\":[\(item),\(Self.good),\(Self.other)]}")
        #expect(reading.facts == Self.facts)
        #expect(reading.problems.map(\.description) == ["/facts/0: is no JSON: mind quotes and commas"])
        #expect(!reading.isCut)
    }

    @Test(
        "reads what can mean only one thing",
        arguments: [
            ##""utterances":["5","#6"]"##, ##""utterances":"#6, #5""##, ##""utterances":"5-6""##,
            ##""utterances":[6,5,5,6]"##, ##""utterances":[5.0,6]"##, ##""utterances":["#5 #6"]"##,
            ##""utterances":"5至6""##,
        ]
    )
    func numbers(member: String) {
        let reading = read(#"{"facts":[{"kind":"topic","text":"扩容",\#(member)}]}"#)
        #expect(reading.facts == [Self.facts[1]])
        #expect(reading.problems == [])
    }

    @Test(
        "reads the kinds in other words",
        arguments: [
            ("DECISION", Fact.Kind.decision), ("decisions", .decision), ("Action Item", .action),
            ("action_item", .action),
            ("待办", .action), ("open-question", .question), (" risk ", .risk), ("Numbers", .number),
        ]
    )
    func kinds(name: String, kind: Fact.Kind) {
        #expect(read(#"{"facts":[{"kind":"\#(name)","text":"x","utterances":[4]}]}"#).facts.map(\.kind) == [kind])
    }

    @Test(
        "drops an item, and tells where and why",
        arguments: [
            (#"{"kind":"idea","text":"x","utterances":[4]}"#, "/facts/0/kind: must be one of topic, decision"),
            (#"{"text":"x","utterances":[4]}"#, "/facts/0/kind: must be one of topic"),
            (#"{"kind":"topic","text":12,"utterances":[4]}"#, "/facts/0/text: must be a sentence"),
            (#"{"kind":"topic","text":"…","utterances":[4]}"#, "/facts/0/text: must be a sentence"),
            (
                #"{"kind":"topic","text":"x"}"#,
                "/facts/0/utterances: must be a list of numbers of turns from #4 to #13, at"
            ),
            (
                #"{"kind":"topic","text":"x","utterances":[99,0,-3]}"#,
                "/facts/0/utterances: must be a list of numbers of turns from #4 to #13: no such"
            ),
            (
                #"{"kind":"topic","text":"x","utterances":[2,3]}"#,
                "/facts/0/utterances: must be a list of numbers of turns from #4 to #13: those are before"
            ),
            (
                #"{"kind":"topic","text":"x","utterances":[1]}"#,
                "/facts/0/utterances: must be a list of numbers of turns from #4 to #13: no such"
            ),
            ("7", "/facts/0: must be an object"),
        ]
    )
    func dropped(item: String, problem: String) {
        let reading = read("{\"facts\":[\(item),\(Self.good)]}")
        #expect(reading.facts == [Self.facts[0]])
        #expect(
            reading.problems.count == 1 && reading.problems[0].description.hasPrefix(problem),
            "\(reading.problems)"
        )
    }

    @Test("leaves out of an item what is wrong and not needed, and tells it")
    func leftOut() {
        let long = String(repeating: "长", count: 400)
        let reading = read(
            """
            {"facts":[{"kind":"action","text":"\(long)","utterances":[3,4,77],"owner":{"name":"李娜"},"due":28,\
            "quote":"\(long)","sure":true},
            {"kind":"action","text":"x","utterances":[4],"owner":"N/A","due":"未提及","quote":""},
            {"kind":"action","text":"y","utterances":[4],"owner":["李娜","王强"],"due":"\(long)"}]}
            """
        )
        #expect(reading.facts.map(\.utterances) == [[3, 4], [4], [4]])
        #expect(reading.facts.map(\.owner) == [nil, nil, "李娜、王强"])
        #expect(reading.facts.map(\.due) == ["28", nil, nil])
        #expect(
            reading.facts[0].text.count == 300 && reading.facts[0].quote?.count == 200 && reading.facts[1].quote == nil
        )
        #expect(
            reading.problems.map(\.pointer) == [
                "/facts/0/text", "/facts/0/utterances", "/facts/0/owner", "/facts/2/due",
            ]
        )
        #expect(FactSchema.problems(in: ["facts": .array(reading.facts.map(\.json))]) == [])
    }

    @Test(
        "tells that there is nothing to read",
        arguments: ["", "I cannot do that.", "{}", "[1, 2]", "{\"summary\":[]}", "```", "{{{{[[[[", "null"]
    )
    func unreadable(reply: String) {
        let reading = read(reply)
        #expect(!reading.isReadable && reading.facts == [] && reading.problems.map(\.pointer) == [""])
    }

    @Test("bounds what it takes, and says each thing once")
    func bounds() {
        let items = (0..<100).map { #"{"kind":"topic","text":"fact \#($0 / 2)","utterances":[4]}"# }
        let reading = read("{\"facts\":[\(items.joined(separator: ","))]}")
        #expect(reading.facts.count == 40 && Set(reading.facts.map(\.text)).count == 40)
        let cited = (1...60).map(String.init).joined(separator: ",")
        #expect(
            read(#"{"facts":[{"kind":"topic","text":"x","utterances":[\#(cited)]}]}"#).facts[0].utterances == [2, 3]
                + (4...13)
        )
    }

    @Test("whatever damage is done to a reply, what is read of it is valid")
    func damage() {
        var generator = SeededGenerator(seed: 6)
        let reply = Array(
            "{\"facts\":[\(Self.good),\(Self.other),\(Self.good.replacing("[4]", with: "[\"#7\"]"))]}".utf8
        )
        for _ in 0..<400 {
            var bytes = reply
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = Array("{}[]\",:0\\ ".utf8).randomElement(using: &generator) ?? 0
                default: bytes.insert(Array("{}[]\",:0\\ ".utf8).randomElement(using: &generator) ?? 0, at: place)
                }
            }
            let reading = read(String(decoding: bytes, as: UTF8.self))
            #expect(FactSchema.problems(in: ["facts": .array(reading.facts.map(\.json))]) == [])
            #expect(reading.facts.allSatisfy { $0.utterances.contains { (4...13).contains($0) } })
        }
    }
}
