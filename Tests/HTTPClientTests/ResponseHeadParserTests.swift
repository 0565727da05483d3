import HTTP
@testable import HTTPClient
import Testing

@Suite("The parser of response heads")
struct ResponseHeadParserTests {
    private func heads(of lines: [String]) -> [HTTPClientHead] {
        var parser = ResponseHeadParser()
        return lines.compactMap { line in
            guard case .complete(let head) = parser.take(line: Array((line + "\r\n").utf8)) else { return nil }
            return head
        }
    }

    @Test("passes over interim responses and trailers")
    func interim() throws {
        let heads = heads(of: [
            "HTTP/1.1 103 Early Hints", "Link: early", "", "HTTP/1.1 200 OK", "A: b", "", "Trailer: late", "",
        ])
        let head = try #require(heads.first)
        #expect(heads.count == 1)
        #expect(head.status == 200)
        #expect(head.headers.map(\.0) == ["A"])
        #expect(head.header(named: "a") == "b")
    }

    @Test("trims values, keeps colons and joins folded lines")
    func values() throws {
        let head = try #require(heads(of: ["HTTP/2 204", "x:  a:b \t", "y: 1", "\t2", "no colon", "z:", ""]).first)
        #expect(head.version == "2")
        #expect(head.status == 204)
        #expect(head.headers.map { "\($0)=\($1)" } == ["x=a:b", "y=1 2", "z="])
    }

    @Test("gives up on heads without end")
    func endless() {
        var parser = ResponseHeadParser()
        var lines = 0
        while lines < 10_000, case .more = parser.take(line: Array("Header: value\r\n".utf8)) { lines += 1 }
        #expect(lines == ResponseHeadParser.maximumBytes / 15)
    }
}
