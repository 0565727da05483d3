import HTTP
import Testing

@Suite("A streamed body, whatever the transport")
struct HTTPClientBodyTests {
    @Test("hands out the source's pieces in order, then nil")
    func pieces() async throws {
        let body = HTTPClientBody(ScriptedSource([[1, 2], [3]]))
        #expect(body.bufferedBytes == 3)
        var read: [[UInt8]] = []
        for try await piece in body { read.append(piece) }
        #expect(read == [[1, 2], [3]])
        #expect(body.bufferedBytes == 0)
    }

    @Test("throws what ended the transfer, after the bytes that came before it")
    func failure() async throws {
        let broken = HTTPClientError(code: .protocol, detail: "cut off", mayHaveBeenSent: true)
        var iterator = HTTPClientBody(ScriptedSource([[1]], failure: broken)).makeAsyncIterator()
        let piece = try await iterator.next()
        #expect(piece == [1])
        do throws(HTTPClientError) {
            _ = try await iterator.next()
            Issue.record("the end was not told")
        } catch {
            #expect(error == broken)
        }
    }

    @Test("ends the transfer when it is dropped unread")
    func dropped() {
        let source = ScriptedSource([[1]])
        var body: HTTPClientBody? = HTTPClientBody(source)
        #expect(body?.bufferedBytes == 1)
        #expect(!source.isCancelled)
        body = nil
        #expect(source.isCancelled)
    }

    @Test("lives on in its iterator, and ends the transfer with it")
    func iterator() async throws {
        let source = ScriptedSource([[1], [2]])
        var iterator: HTTPClientBody.AsyncIterator? = HTTPClientBody(source).makeAsyncIterator()
        let piece = try await iterator?.next()
        #expect(piece == [1])
        #expect(!source.isCancelled)
        iterator = nil
        #expect(source.isCancelled)
    }

    @Test("ends the transfer when told to, once or often")
    func cancelled() {
        let source = ScriptedSource([[1]])
        let body = HTTPClientBody(source)
        body.cancel()
        body.cancel()
        #expect(source.isCancelled)
        #expect(body.bufferedBytes == 0)
    }
}
