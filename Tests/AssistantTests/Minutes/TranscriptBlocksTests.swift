import Feishu
import JSON
import MeetingMinutes
import Testing

@testable import Assistant

@Suite("A transcript in a document")
struct TranscriptBlocksTests {
    private static func transcript(_ texts: [String], speaker: String? = "Bob") -> Transcript {
        Transcript(
            utterances: texts.enumerated().map { index, text in
                Utterance(number: index + 1, speaker: speaker, start: index * 61, text: text)
            }
        )
    }

    /// What Feishu would call the blocks: `id of b3` for the third.
    private static func ids(_ blocks: TranscriptBlocks) -> [String: String] {
        Dictionary(uniqueKeysWithValues: blocks.blocks.indices.map { ("b\($0 + 1)", "id of b\($0 + 1)") })
    }

    private static func words(_ block: WrittenBlock) -> String { block.runs.map(\.text).joined() }

    @Test("has a block for each utterance, with who said it and when, below a heading")
    func blocks() {
        let blocks = TranscriptBlocks(
            Self.transcript(["Morning.", "<b>**no**</b> [x](https://evil.example)"]),
            heading: "T"
        )
        #expect(blocks.blocks.map(\.kind) == [.divider, .heading(2), .text, .text])
        #expect(
            blocks.blocks.map(Self.words) == [
                "", "T", "#1 Bob 00:00:00 Morning.", "#2 Bob 00:01:01 <b>**no**</b> [x](https://evil.example)",
            ]
        )
        #expect(blocks.page(of: Self.ids(blocks)) == [1: "id of b3", 2: "id of b4"])
        // Where Feishu tells of no block there is none to lead to.
        #expect(blocks.page(of: ["b4": "x"]) == [2: "x"])
    }

    @Test("shares blocks where too much was said, and each utterance is found in its own")
    func sharing() {
        let transcript = Self.transcript((1...25).map { "words \($0)" }, speaker: nil)
        let blocks = TranscriptBlocks(transcript, heading: "T", mostBlocks: 10)
        let page = blocks.page(of: Self.ids(blocks))
        #expect(blocks.blocks.count <= 12 && page.count == 25)
        let numbers = Dictionary(uniqueKeysWithValues: blocks.blocks.enumerated().map { ("id of b\($0 + 1)", $1) })
        for number in 1...25 {
            let block = page[number].flatMap { numbers[$0] }
            let lines = block.map { Self.words($0).split(separator: "\n") } ?? []
            #expect(lines.contains { $0.hasPrefix("#\(number) ") && $0.hasSuffix(" words \(number)") })
        }
    }

    @Test(
        "cuts what is very long, loses nothing of it, and goes on behind it",
        arguments: [
            String(repeating: "many words ", count: 2_000), String(repeating: "长", count: 9_000),
            "e" + String(repeating: "\u{301}", count: 30_000),
        ]
    )
    func longUtterance(text: String) throws {
        let blocks = TranscriptBlocks(Self.transcript(["a", text, "z"]), heading: "T")
        let page = blocks.page(of: Self.ids(blocks))
        #expect(Set(page.values).count == 3)
        #expect(page[1] == "id of b3" && page[2] == "id of b4" && page[3] == "id of b\(blocks.blocks.count)")
        let words = blocks.blocks.dropFirst(3).dropLast().map(Self.words)
        #expect(Array(words.joined().unicodeScalars) == Array(("#2 Bob 00:01:01 " + text).unicodeScalars))
        #expect(words.count > 2 && words.allSatisfy { $0.unicodeScalars.count <= TranscriptBlocks.mostCharacters + 20 })
    }

    @Test("goes into calls that Feishu takes, six hours of it too, and the same ones each time")
    func sixHours() throws {
        let text = String(repeating: "Then we look at it again, ", count: 5)
        let transcript = Self.transcript(Array(repeating: text, count: 12_000))
        let blocks = TranscriptBlocks(transcript, heading: "T")
        let batches = try DocumentBlocks(blocks.blocks).batches()
        #expect(batches.reduce(0) { $0 + $1.children.count } == 12_002)
        for batch in batches {
            #expect(batch.children.count <= DocumentBlocks.batchBlocks)
            #expect(JSONValue.array(batch.descendants).bytes.count <= DocumentBlocks.batchBytes + 2)
        }
        #expect(batches.flatMap(\.children) == (1...12_002).map { "b\($0)" })
        #expect(try DocumentBlocks(TranscriptBlocks(transcript, heading: "T").blocks).batches() == batches)
    }

    @Test("has no characters of control")
    func control() throws {
        let transcript = Self.transcript(["a\u{0}b\u{1B}[31mc\td"])
        let batch = try #require(try DocumentBlocks(TranscriptBlocks(transcript, heading: "T").blocks).batches().first)
        let runs = batch.descendants.last?["text"]?["elements"]?.array?.compactMap { $0["text_run"] } ?? []
        #expect(runs.map { $0["content"] } == ["#1 Bob 00:00:00 ", "a b [31mc\td"])
        #expect(runs.map { $0["text_element_style"] } == [["bold": true], [:]])
    }
}
