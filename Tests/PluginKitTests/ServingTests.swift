import Cryptography
import HTTP
import JSON
import TestSupport
import Testing

@testable import PluginKit

@Suite("A plugin that is served")
struct ServingTests {
    @Test("tells what it is and answers")
    func routes() async throws {
        try await ServedPlugin.with { plugin in
            let health = try await plugin.send("GET", "/health")
            #expect(health.json == ["status": "ok"])
            #expect(health.header(named: "Content-Type") == "application/json; charset=utf-8")
            let manifest = try await plugin.send("GET", "/manifest").json
            #expect(manifest["name"] == "echo")
            #expect(manifest["command"] == nil)
            #expect(try await plugin.send("GET", "/get_config_schema").json == ["type": "object"])
            #expect(try await plugin.call("hello").said == "en hello")
        }
    }

    @Test(
        "knows only the contract's paths and methods",
        arguments: [
            ("GET", "/", 404), ("GET", "/health?x=1", 404), ("POST", "/health", 405), ("GET", "/handle_message", 405),
            ("DELETE", "/health", 405),
        ]
    )
    func paths(method: String, path: String, status: Int) async throws {
        try await ServedPlugin.with { plugin in
            let response = try await plugin.send(method, path)
            #expect(response.status == status)
            #expect(response.errorCode == "no_such_route")
        }
    }

    @Test("serves below a prefix, which is signed")
    func prefix() async throws {
        try await ServedPlugin.with(prefix: "/echo") { plugin in
            let below = try await plugin.send("GET", "/echo/health")
            #expect(below.status == 200)
            let beside = try await plugin.send("GET", "/health")
            #expect(beside.status == 404)
        }
    }

    @Test("refuses what is not signed so")
    func proof() async throws {
        try await ServedPlugin.with { plugin in
            let spoilings: [(inout [String: String]) -> Void] = [
                { $0["Plugin-Signature"] = nil },
                { $0["Plugin-Timestamp"] = nil },
                { $0["Plugin-Timestamp"] = "+1764200000" },
                { $0["Plugin-Idempotency-Key"] = "other" },
                { $0["Plugin-Signature"] = "v1=\u{e9}" },
                { $0["Plugin-Signature"] = $0["Plugin-Signature"]?.uppercased() },
            ]
            for spoil in spoilings {
                let response = try await plugin.send(
                    "POST",
                    "/handle_message",
                    body: Array("{}".utf8),
                    key: "k",
                    changing: spoil
                )
                #expect(response.status == 401)
                #expect(response.errorCode == "signature")
            }
            for offset in [-301, 301] as [Int64] {
                let response = try await plugin.send("GET", "/health", timestamp: ServedPlugin.now + offset)
                #expect(response.status == 401)
            }
            #expect(try await plugin.send("GET", "/health", timestamp: ServedPlugin.now - 300).status == 200)
        }
    }

    @Test("asks for no proof where it has no secret")
    func insecure() async throws {
        try await ServedPlugin.with(secret: nil) { plugin in
            let response = try await plugin.send("GET", "/health") { $0["Plugin-Signature"] = nil }
            #expect(response.status == 200)
        }
    }

    @Test("takes no context that is none", arguments: ["", "{", "[]", #"{"config":[]}"#, #"{"mentions":[1]}"#])
    func contexts(body: String) async throws {
        try await ServedPlugin.with { plugin in
            let response = try await plugin.send("POST", "/handle_message", body: Array(body.utf8))
            #expect(response.status == 400)
        }
    }

    @Test("takes no other contract, kind of content or key")
    func heads() async throws {
        try await ServedPlugin.with { plugin in
            let body = Array("{}".utf8)
            let version = try await plugin.send("POST", "/handle_message", body: body) { $0["Plugin-Contract"] = "2" }
            #expect(version.errorCode == "contract_version")
            let kind = try await plugin.send("POST", "/handle_message", body: body) {
                $0["Content-Type"] = "text/plain"
            }
            #expect(kind.status == 415)
            let key = String(repeating: "k", count: 257)
            #expect(try await plugin.send("POST", "/handle_message", body: body, key: key).status == 400)
        }
    }

    @Test("tells the person the words that are for them, and of other failures nothing")
    func failures() async throws {
        try await ServedPlugin.with { plugin in
            let refused = try await plugin.call("refuse")
            #expect(refused.status == 422)
            #expect(refused.json["error"]?["message"]?.string?.count == 500)
            for (text, code) in [("fail", "internal"), ("large", "bad_reply"), ("parts", "bad_reply")] {
                let response = try await plugin.call(text)
                #expect(response.status == 500)
                #expect(response.errorCode == code)
                #expect(!response.json.text.contains("secret words"))
            }
        }
    }

    @Test("is called once for calls of one key, also at the same time, but again after a failure")
    func once() async throws {
        try await ServedPlugin.with { plugin in
            let first = try await plugin.call("count", key: "replay").said
            #expect(try await plugin.call("count", key: "replay").said == first)
            #expect(try await plugin.call("count", key: "another").said != first)
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<5 { group.addTask { try await plugin.call("wait once", key: "same").said } }
                try await eventually { await Echo.gates.count("once") == 1 }
                await Echo.gates.open("once")
                for try await said in group { #expect(said == "passed") }
            }
            for _ in 0..<2 { #expect(try await plugin.call("fail", key: "failing").status == 500) }
        }
    }

    @Test("has as many places as its manifest says; who finds none is told to come again")
    func places() async throws {
        try await ServedPlugin.with { plugin in
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<2 { group.addTask { try await plugin.call("wait places").said } }
                try await eventually { await Echo.gates.count("places") == 2 }
                let extra = try await plugin.call("hello")
                #expect(extra.status == 503)
                #expect(extra.header(named: "Retry-After") == "1")
                #expect(try await plugin.send("GET", "/health").status == 200)
                await Echo.gates.open("places")
                for try await said in group { #expect(said == "passed") }
            }
            #expect(try await plugin.call("hello").status == 200)
        }
    }

    @Test("takes nothing more once it is to end, and ends what is under way")
    func stopping() async throws {
        try await ServedPlugin.with { plugin in
            async let answer = plugin.call("wait stopping")
            try await eventually { await Echo.gates.count("stopping") == 1 }
            await plugin.stop()
            try await eventually("the end of listening") {
                do {
                    try await RawConnection.open(port: plugin.port).close()
                    return false
                } catch {
                    return true
                }
            }
            await Echo.gates.open("stopping")
            let said = try await answer.said
            #expect(said == "passed")
        }
    }
}
