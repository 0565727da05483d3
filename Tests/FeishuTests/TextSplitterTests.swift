import Feishu
import JSON
import Testing

@Suite("Long messages")
struct TextSplitterTests {
    @Test("a text that fits stays whole")
    func fits() {
        #expect(TextSplitter(maximumBytes: 64).split("hello\n\nworld") == ["hello\n\nworld"])
        #expect(TextSplitter(maximumBytes: 64).split(" \n ").isEmpty)
    }

    @Test("it is cut behind a paragraph, else a line, else a sentence, else a word")
    func boundaries() {
        let splitter = TextSplitter(maximumBytes: 80)
        let words = String(repeating: "word ", count: 10).dropLast()  // 49 bytes
        #expect(splitter.split("\(words)\n\n\(words)") == [String(words), String(words)])
        #expect(splitter.split("a \(words)\n\(words)") == ["a \(words)", String(words)])
        #expect(splitter.split("\(words). \(words)") == ["\(words).", String(words)])
        let half = String(repeating: "汉", count: 20)
        #expect(splitter.split("\(half)。\(half)") == ["\(half)。", half])
    }

    @Test(
        "no grapheme is cut and nothing but white space is lost",
        arguments: ["👩‍👩‍👧‍👦", "🇨🇳", "é", "e\u{301}", "क्षि", "汉", "\"", "\\", "a\n"]
    )
    func graphemes(character: String) {
        let text = String(repeating: character, count: 400)
        let pieces = TextSplitter(maximumBytes: 100).split(text)
        #expect(pieces.count > 1)
        let original = text.filter { !$0.isWhitespace }
        #expect(pieces.joined().filter { !$0.isWhitespace }.count == original.count)
        #expect(pieces.joined().filter { !$0.isWhitespace } == original)
    }

    @Test("each message of a long text is within what Feishu takes, whatever is in it")
    func withinLimits() throws {
        let texts = ["会议纪要。", "line\n", "\"quoted\" \\ ", "\u{1}", "<at user_id=\"ou_x\"></at>", "👩‍👩‍👧‍👦 "]
        for text in texts {
            let long = String(repeating: text, count: 200_000 / text.utf8.count)
            for message in OutgoingMessage.texts(long) + OutgoingMessage.markdowns(long, title: "Minutes") {
                let request: JSONValue = [
                    "receive_id": .string(String(repeating: "x", count: 256)), "content": .string(message.content),
                ]
                #expect(request.bytes.count <= message.maximumRequestBytes)
            }
            #expect(OutgoingMessage.texts(long).count >= 2)
        }
    }

    @Test("a character with more marks than fit is cut between them, since there is no other place")
    func monster() {
        let monster = "a" + String(repeating: "\u{301}", count: 500)
        let pieces = TextSplitter(maximumBytes: 100).split(monster)
        #expect(pieces.count > 1)
        #expect(pieces.joined().unicodeScalars.count == 501)
    }

    @Test("tags of Feishu's in a text are shown, not obeyed; other code stays as it is")
    func markup() {
        func sent(_ text: String) -> String {
            (try? JSONValue(parsing: OutgoingMessage.text(text).content))?["text"]?.string ?? ""
        }
        for tag in ["<at user_id=\"all\"></at>", "<AT user_id='x'>", "</at>", "< at user_id=x>", "<b>"] {
            let result = sent("x \(tag) y")
            #expect(result.replacing("\u{200B}", with: "") == "x \(tag) y")
            #expect(result.contains("<\u{200B}"))
        }
        for code in ["Array<String>", "a < b", "1<2", "<bold>", "if a<b { }".replacing("a<b {", with: "a<c {")] {
            #expect(sent(code) == code)
        }
    }
}
