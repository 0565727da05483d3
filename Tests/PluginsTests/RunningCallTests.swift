import Cryptography
import Foundation
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Plugins

@Suite("Calls of plugins")
struct RunningCallTests {
    private static let well = #"{"reply_message": "ok"}"#
    private static let json = [("Content-Type", "application/json; charset=utf-8")]

    /// Runs a body with the client of a service that answers as the handler says.
    private func with(
        _ manifest: PluginManifest,
        allowed: [String] = ["127.0.0.1"],
        handler: @escaping ScriptedHTTPServer.Handler,
        _ body: (PluginClient, ScriptedHTTPServer) async throws -> Void
    ) async throws {
        try await ScriptedHTTPServer.with(handler: handler) { server in
            let transport = HTTPClient()
            let endpoint = PluginEndpoint(
                try #require(ServiceURL("\(server.url)/base")),
                secret: Secret("shared"),
                addresses: try #require(AddressPolicy(allowedNetworks: allowed))
            )
            let client = PluginClient(
                endpoint,
                manifest: manifest,
                transport: transport,
                now: { ISODate(seconds: 1_764_212_345, nanoseconds: 678_000_000) },
                metrics: PluginMetrics()
            )
            do {
                try await body(client, server)
            } catch {
                await transport.shutdown()
                throw error
            }
            await transport.shutdown()
        }
    }

    @Test("the signature is the one that plugins compute")
    func signature() {
        // openssl dgst -sha256 -hmac secret, of 1764212345.POST./handle_message.task/0.{}
        let value = PluginSignature.value(
            secret: Secret("secret"),
            timestamp: 1_764_212_345,
            method: "POST",
            path: "/handle_message",
            idempotencyKey: "task/0",
            body: Array("{}".utf8)
        )
        #expect(value == "v1=04cc01ac4324197cab1c0ba63a764709f0146a988ffe78e1bf989f9335de1a3f")
    }

    @Test("a call is a signed POST that tells no more than is permitted")
    func request() async throws {
        let manifest = try PluginManifest.sample(permissions: [.messageSender])
        try await with(manifest) { _, exchange in
            try await exchange.respond(headers: Self.json, Self.well)
        } _: { client, server in
            var call = PluginCall.sample("secret words")
            call.sender = .init(openID: "ou_1", name: "Ann")
            call.chat = .init(id: "oc_1", isGroup: true)
            call.attachments = [.init(kind: "file", name: "a.txt", bytes: [1])]
            call.settings = .init(open: ["units": "metric"], complete: ["units": "metric", "api_key": "hidden"])
            call.state = ["seen": 1]
            let reply = try await client.call(call, within: .seconds(3))
            #expect(reply.parts == [.text("ok")])
            let request = try #require(server.tally.requests.first)
            #expect(request.method == "POST")
            #expect(request.path == "/base/handle_message")
            #expect(request.values(of: "plugin-contract") == ["1"])
            #expect(request.values(of: "plugin-idempotency-key") == ["task-1/0"])
            #expect(request.values(of: "plugin-request-id") == ["task-1"])
            #expect(request.values(of: "plugin-timestamp") == ["1764212345"])
            let expected = PluginSignature.value(
                secret: Secret("shared"),
                timestamp: 1_764_212_345,
                method: "POST",
                path: "/base/handle_message",
                idempotencyKey: "task-1/0",
                body: request.body
            )
            #expect(request.values(of: "plugin-signature") == [expected])
            let body = try JSONValue(parsing: request.body)
            #expect(
                body == [
                    "contract_version": 1, "request_id": "task-1", "idempotency_key": "task-1/0",
                    "deadline": "2025-11-27T02:59:08.678Z", "language": "zh-CN",
                    "trigger": ["type": "command", "name": "sample"], "config": ["units": "metric"],
                    "sender": ["open_id": "ou_1", "name": "Ann"],
                ]
            )
        }
    }

    @Test("with all permissions all of it is told")
    func everything() throws {
        var call = PluginCall.sample("北京")
        call.message = .init(id: "om_1", type: "text", text: "/sample 北京", createdAt: 5)
        call.sender = .init(openID: "ou_1", name: nil)
        call.chat = .init(id: "oc_1", isGroup: false, threadID: "omt_1")
        call.mentions = [.init(openID: "ou_2", name: "Bo")]
        call.attachments = [.init(kind: "file", name: "a.txt", bytes: [104, 105])]
        call.conversationID = "c1"
        call.settings = .init(open: [:], complete: ["api_key": "known"])
        let bytes = try call.body(
            permitted: Set(PluginPermission.allCases),
            deadline: ISODate(seconds: 0, nanoseconds: 5_000_000)
        )
        #expect(
            try JSONValue(parsing: bytes) == [
                "contract_version": 1, "request_id": "task-1", "idempotency_key": "task-1/0",
                "deadline": "1970-01-01T00:00:00.005Z", "language": "zh-CN",
                "trigger": ["type": "command", "name": "sample", "arguments": "北京"], "config": ["api_key": "known"],
                "message_content": "北京",
                "message": ["id": "om_1", "type": "text", "text": "/sample 北京", "created_at": 5],
                "sender": ["open_id": "ou_1"], "chat": ["id": "oc_1", "kind": "direct", "thread_id": "omt_1"],
                "mentions": [["open_id": "ou_2", "name": "Bo"]],
                "attachments": [["kind": "file", "name": "a.txt", "size": 2, "content_base64": "aGk="]],
                "conversation_id": "c1", "state": [:],
            ]
        )
    }

    @Test("a call that is too large is not sent")
    func tooLarge() {
        let long = PluginCall.sample(String(repeating: "x", count: 256 << 10 + 1))
        var heavy = PluginCall.sample("x")
        heavy.attachments = [.init(kind: "file", name: "a", bytes: .init(repeating: 0, count: 10 << 20 + 1))]
        for call in [long, heavy] {
            #expect(throws: PluginFailure.callTooLarge) {
                try call.body(permitted: Set(PluginPermission.allCases), deadline: .now)
            }
        }
    }

    @Test(
        "an answer that is none says why",
        arguments: [
            (422, #"{"error": {"code": "x", "message": "没有这个城市"}}"#, PluginFailure.refused(words: "没有这个城市"), 1),
            (422, "no words", .refused(words: nil), 1), (503, "", .busy, 3), (429, "", .busy, 3),
            (500, #"{"error": {"message": "trace"}}"#, .failed(status: 500), 3), (401, "", .failed(status: 401), 1),
            (302, "", .failed(status: 302), 1), (204, "", .failed(status: 204), 1),
        ]
    )
    func statuses(_ status: Int, _ body: String, _ failure: PluginFailure, _ tries: Int) async throws {
        try await with(try .sample(isIdempotent: true)) { _, exchange in
            try await exchange.respond(status: status, headers: Self.json, status == 204 ? "" : body)
        } _: { client, server in
            #expect(await client.failure(of: .sample("x")) == failure)
            // Only what may go better is tried again, with the same key.
            #expect(server.tally.requests.count == tries)
            #expect(Set(server.tally.requests.flatMap { $0.values(of: "plugin-idempotency-key") }) == ["task-1/0"])
        }
    }

    @Test("long words are cut at 500 characters")
    func longWords() async throws {
        let words = String(repeating: "长", count: 501)
        try await with(try .sample()) { _, exchange in
            try await exchange.respond(status: 422, headers: Self.json, #"{"error": {"message": "\#(words)"}}"#)
        } _: { client, _ in
            #expect(await client.failure(of: .sample("x")) == .refused(words: String(words.dropLast())))
        }
    }

    @Test("one that is not idempotent is never called twice")
    func notIdempotent() async throws {
        try await with(try .sample()) { _, exchange in
            try await exchange.abort()
        } _: { client, server in
            #expect(await client.failure(of: .sample("x")) == .unreachable)
            #expect(server.tally.requests.count == 1)
        }
    }

    @Test("a second try may succeed")
    func retry() async throws {
        let count = NIOLockedValueBox(0)
        try await with(try .sample(isIdempotent: true)) { _, exchange in
            let number = count.withLockedValue { count in
                count += 1
                return count
            }
            try await exchange.respond(status: number == 1 ? 503 : 200, headers: Self.json, Self.well)
        } _: { client, _ in
            #expect(await client.failure(of: .sample("x")) == nil)
        }
    }

    @Test("the job's time is a bound, too")
    func budget() async throws {
        try await with(try .sample(timeout: 300)) { _, exchange in
            try await exchange.untilClosed()
        } _: { client, _ in
            #expect(await client.failure(of: .sample("x"), within: .milliseconds(100)) == .timedOut)
        }
    }

    @Test("after five failures in a row it is left alone")
    func breaker() async throws {
        try await with(try .sample()) { request, exchange in
            let isRefusal = request.text.contains("refuse")
            try await exchange.respond(status: isRefusal ? 422 : 500, headers: Self.json, "{}")
        } _: { client, server in
            for _ in 0..<6 { _ = await client.failure(of: .sample("refuse")) }
            for _ in 0..<5 { #expect(await client.failure(of: .sample("x")) == .failed(status: 500)) }
            guard case .open(let wait) = await client.failure(of: .sample("x")) else {
                Issue.record("the breaker is closed")
                return
            }
            #expect(wait > .seconds(5) && wait <= .seconds(10))
            #expect(server.tally.requests.count == 11)
        }
    }

    @Test("more calls than places and waiters are refused at once")
    func full() async throws {
        try await with(try .sample(timeout: 30, concurrency: 1)) { _, exchange in
            try await exchange.untilClosed()
        } _: { client, server in
            await withTaskGroup(of: PluginFailure?.self) { group in
                for _ in 0..<6 { group.addTask { await client.failure(of: .sample("x")) } }
                // One is served, four wait.
                #expect(await group.next() == .full)
                group.cancelAll()
                for await failure in group { #expect(failure == .cancelled) }
            }
            #expect(server.tally.requests.count <= 1)
        }
    }

    @Test("a service at an address that is not allowed is not called")
    func address() async throws {
        try await with(try .sample(), allowed: []) { _, exchange in
            try await exchange.respond(headers: Self.json, Self.well)
        } _: { client, server in
            #expect(await client.failure(of: .sample("x")) == .addressRefused)
            #expect(server.tally.connections == 0)
        }
    }

    @Test("a service is asked for its health, manifest and schema before it is installed")
    func examination() async throws {
        try await ScriptedHTTPServer.with { request, exchange in
            switch request.path {
            case "/health": try await exchange.respond(headers: Self.json, #"{"status": "ok"}"#)
            case "/manifest": try await exchange.respond(headers: Self.json, #"{"name": "sample"}"#)
            default: try await exchange.respond(status: 404)
            }
        } _: { server in
            let transport = HTTPClient()
            let inside = try #require(AddressPolicy(allowedNetworks: ["127.0.0.1"]))
            let examiner = ServiceExaminer(addresses: inside, transport: transport, now: { .now })
            let found = try await examiner.examine(url: server.url, secret: Secret("shared"))
            #expect(found.manifest == ["name": "sample"])
            #expect(found.schema == ["type": "object"])
            #expect(server.tally.requests.allSatisfy { $0.values(of: "plugin-signature").first?.count == 67 })

            let outside = try #require(AddressPolicy(allowedNetworks: []))
            let careful = ServiceExaminer(addresses: outside, transport: transport, now: { .now })
            await #expect(throws: ContractProblems.self) {
                try await careful.examine(url: server.url, secret: Secret("shared"))
            }
            await transport.shutdown()
        }
    }
}
