import Glibc
import HTTP
import HTTPClient
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("A streamed response", .timeLimit(.minutes(2)))
struct HTTPClientStreamTests {
    @Test("a thousand slow event streams are open at once in one process, fewer with TLS", arguments: [false, true])
    func manyStreams(hasTLS: Bool) async throws {
        let count = hasTLS ? 200 : 1_000
        let identity = hasTLS ? try ScriptedTLSIdentity.make() : nil
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

        // Nobody's second event goes out before everybody's first has been read.
        let allBegun = Meeting(of: 2 * count)
        try await ScriptedHTTPServer.with(tls: identity) { _, exchange in
            try await exchange.begin(headers: [("Content-Type", "text/event-stream")])
            try await exchange.write("data: first\n\n")
            await allBegun.arrive()
            for number in 2...5 { try await exchange.write("data: \(number)\n\n") }
            try await exchange.end()
        } _: { server in
            try await HTTPClient.with(.init(certificateAuthorityFile: identity?.authorityFile)) { client in
                let events = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 0..<count {
                        group.addTask {
                            let request = HTTPClientRequest(method: "POST", url: server.url, body: Array("{}".utf8))
                            let stream = try await client.stream(request)
                            var parser = ServerSentEventParser()
                            var events: [String] = []
                            for try await bytes in stream.body {
                                let isFirst = events.isEmpty
                                events += try parser.parse(bytes).map(\.data)
                                if isFirst, !events.isEmpty { await allBegun.arrive() }
                            }
                            return events
                        }
                    }
                    return try await group.reduce(into: [[String]]()) { $0.append($1) }
                }
                #expect(events.count == count)
                #expect(events.allSatisfy { $0 == ["first", "2", "3", "4", "5"] })
                #expect(server.tally.connections == count)
            }
        }
    }

    @Test("a reader that does not read stops the server, holds 64 KiB at most, and then gets every byte")
    func backPressure() async throws {
        let pieces = 1_024
        let piece = [UInt8](repeating: 7, count: 64 << 10)
        let written = NIOLockedValueBox(0)
        try await ScriptedHTTPServer.with { request, exchange in
            guard request.path == "/flood" else { return }
            try await exchange.begin()
            for _ in 0..<pieces {
                try await exchange.write(piece)
                written.withLockedValue { $0 += 1 }
            }
            try await exchange.end()
        } _: { server in
            try await HTTPClient.with { client in
                // Shorter than the clock request below, which runs while the reader rests: a resting reader is not silence.
                let flood = HTTPClientRequest(
                    url: server.url + "/flood",
                    deadlines: .init(idle: .seconds(2)),
                    maximumResponseBytes: 1 << 30
                )
                let stream = try await client.stream(flood)
                let clock = HTTPClientRequest(url: server.url + "/never", deadlines: .init(total: .seconds(3)))
                let bell = await failure { () throws(HTTPClientError) in try await client.execute(clock) }
                #expect(bell?.code == .timedOut)
                #expect(stream.body.bufferedBytes > 0)
                #expect(stream.body.bufferedBytes <= 64 << 10)
                #expect(written.withLockedValue { $0 } < pieces)

                var total = 0
                var largest = 0
                for try await bytes in stream.body {
                    total += bytes.count
                    largest = max(largest, bytes.count)
                }
                #expect(total == pieces * piece.count)
                #expect(largest <= 64 << 10)
            }
        }
    }

    @Test("the bytes that came before the server broke off are read before the error")
    func brokenOff() async throws {
        let read = Meeting(of: 2)
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin(headers: [("Content-Length", "100")])
            try await exchange.write("half")
            await read.arrive()
            try await exchange.abort()
        } _: { server in
            try await HTTPClient.with { client in
                var body = try await client.stream(.init(url: server.url)).body.makeAsyncIterator()
                let answer = try await body.next()
                #expect(answer == Array("half".utf8))
                await read.arrive()
                let error = await failure { () throws(HTTPClientError) in try await body.next() }
                #expect(error?.code == .protocol)
                #expect(error?.isTransient == true)
                #expect(error?.mayHaveBeenSent == true)
            }
        }
    }

    @Test("a streamed body over the limit ends with an error")
    func tooLarge() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin()
            while true { try await exchange.write([UInt8](repeating: 1, count: 10_000)) }
        } _: { server in
            try await HTTPClient.with { client in
                let stream = try await client.stream(.init(url: server.url, maximumResponseBytes: 100_000))
                var total = 0
                let error = await failure { () throws(HTTPClientError) in
                    for try await bytes in stream.body { total += bytes.count }
                }
                #expect(error?.code == .tooLarge)
                #expect(total <= 100_000)
            }
        }
    }
}
