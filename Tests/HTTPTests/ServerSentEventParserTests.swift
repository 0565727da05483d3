import HTTP
import Testing

@Suite("The parser of server-sent events")
struct ServerSentEventParserTests {
    private static let stream = """
        \u{FEFF}: a comment\r\n\
        data: first\r\ndata:  line two\r\n\r\n\
        event: delta\rid: 7\rdata: 你好 🌍\r\r\
        retry: 1500\nretry: x1\nunknown: field\n\n\
        data\n\n\
        data: a: b\ndata:\ndata: c\n\n\
        id\ndata: [DONE]\n\n\
        data: cut short
        """
    private static let events = [
        ServerSentEvent(data: "first\n line two"),
        ServerSentEvent(name: "delta", data: "你好 🌍", lastEventID: "7"),
        ServerSentEvent(data: "", lastEventID: "7"),
        ServerSentEvent(data: "a: b\n\nc", lastEventID: "7"),
        ServerSentEvent(data: "[DONE]"),
    ]

    @Test("reads the same events wherever the bytes are cut in two")
    func everyCut() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            var parser = ServerSentEventParser()
            let events = try parser.parse(bytes[..<cut]) + parser.parse(bytes[cut...])
            #expect(events == Self.events, "cut at \(cut)")
            #expect(parser.reconnectionTime == .milliseconds(1500))
            #expect(try parser.finish() == ServerSentEvent(data: "cut short"))
            #expect(try parser.finish() == nil)
        }
    }

    @Test("reads the same events byte by byte, with every line ending", arguments: ["\n", "\r", "\r\n"])
    func byteByByte(ending: String) throws {
        let text = Self.stream.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\n", with: ending)
        var parser = ServerSentEventParser()
        #expect(try text.utf8.flatMap { try parser.parse([$0]) } == Self.events)
    }

    @Test("an empty line after CR LF at the border of two pieces ends the event once")
    func splitLineEnding() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.parse(Array("data: a\r\n\r".utf8)) == [ServerSentEvent(data: "a")])
        #expect(try parser.parse(Array("\n".utf8)).isEmpty)
        #expect(try parser.parse(Array("data: b\n\n".utf8)) == [ServerSentEvent(data: "b")])
    }

    @Test("passes over events without data, and comments")
    func nothing() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.parse(Array(": keep-alive\n\nevent: ping\n\n\n\n".utf8)).isEmpty)
        #expect(try parser.finish() == nil)
    }

    @Test("an id with a zero byte is ignored, bad UTF-8 becomes a replacement character")
    func oddBytes() throws {
        var parser = ServerSentEventParser()
        let bytes = Array("id: a\0b\ndata: ".utf8) + [0xFF] + Array("\n\n".utf8)
        #expect(try parser.parse(bytes) == [ServerSentEvent(data: "\u{FFFD}")])
    }

    @Test("refuses a line over the limit, and takes one that just fits")
    func longLine() throws {
        var parser = ServerSentEventParser(maximumLineBytes: 10)
        #expect(try parser.parse(Array("data: 1234\n\n".utf8)).count == 1)
        #expect(throws: HTTPClientError.self) { try parser.parse(Array("data: 12345".utf8)) }
    }

    @Test("refuses an event over the limit, however short its lines")
    func longEvent() throws {
        var parser = ServerSentEventParser(maximumEventBytes: 100)
        let error = #expect(throws: HTTPClientError.self) {
            for _ in 0..<100 { _ = try parser.parse(Array("data: 12345\n".utf8)) }
        }
        #expect(error?.code == .tooLarge)
        var empty = ServerSentEventParser(maximumEventBytes: 100)
        #expect(throws: HTTPClientError.self) {
            for _ in 0..<200 { _ = try empty.parse(Array("data\n".utf8)) }
        }
    }
}
