import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("Cancellation frees the connection at once")
struct HTTPClientCancellationTests {
    @Test("of a task that waits for the response", arguments: [false, true])
    func waiting(streams: Bool) async throws {
        let (arrived, closed) = (Meeting(of: 2), Meeting(of: 2))
        try await ScriptedHTTPServer.with { _, exchange in
            await arrived.arrive()
            try await exchange.untilClosed()
            await closed.arrive()
        } _: { server in
            try await HTTPClient.with { client in
                let task = Task {
                    await failure { () throws(HTTPClientError) in
                        let request = HTTPClientRequest(url: server.url)
                        guard streams else { return try await client.execute(request).status }
                        return try await client.stream(request).status
                    }
                }
                await arrived.arrive()
                task.cancel()
                #expect(await task.value?.code == .cancelled)
                await closed.arrive()
            }
        }
    }

    @Test("of a task that waits for the next bytes")
    func reading() async throws {
        let (read, closed) = (Meeting(of: 2), Meeting(of: 2))
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin()
            try await exchange.write("first")
            try await exchange.untilClosed()
            await closed.arrive()
        } _: { server in
            try await HTTPClient.with { client in
                let task = Task {
                    await failure { () throws(HTTPClientError) in
                        var body = try await client.stream(.init(url: server.url)).body.makeAsyncIterator()
                        _ = try await body.next()
                        await read.arrive()
                        _ = try await body.next()
                    }
                }
                await read.arrive()
                task.cancel()
                #expect(await task.value?.code == .cancelled)
                await closed.arrive()
            }
        }
    }

    @Test("of a body that is dropped unread, a paused one too", arguments: [10, 1 << 24])
    func dropped(size: Int) async throws {
        let closed = Meeting(of: 2)
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin()
            async let end: Void = exchange.untilClosed()
            // Fails if the client goes before it has everything, which is what this is about.
            _ = try? await exchange.write([UInt8](repeating: 1, count: size))
            try await end
            await closed.arrive()
        } _: { server in
            try await HTTPClient.with { client in
                do {
                    let stream = try await client.stream(.init(url: server.url))
                    #expect(stream.status == 200)
                }
                await closed.arrive()
            }
        }
    }

    @Test("of a task that was cancelled before it asked")
    func beforehand() async throws {
        try await ScriptedHTTPServer.with { _, _ in
        } _: { server in
            try await HTTPClient.with { client in
                let task = Task {
                    await failure { () throws(HTTPClientError) in
                        withUnsafeCurrentTask { $0?.cancel() }
                        return try await client.execute(.init(url: server.url))
                    }
                }
                #expect(await task.value?.code == .cancelled)
            }
        }
    }
}
