import Cryptography
import Feishu
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Gateway

/// One request of `http_vectors.json`, and what is to become of it.
private struct Vector: Decodable {
    struct Request: Decodable {
        var method: String
        var headers: [String: String]
        var body: String
    }

    struct Expectation: Decodable {
        var status_class: String
        var kind: String
        var plaintext: String?
    }

    var id: String
    var config: String
    var now: Int64
    var request: Request
    var expect: Expectation

    var text: String {
        let headers = request.headers.map { "\($0): \($1)\r\n" }.joined()
        let length = request.body.utf8.count
        return
            "\(request.method) /api/feishu/events HTTP/1.1\r\nHost: g\r\nContent-Length: \(length)\r\n\(headers)\r\n\(request.body)"
    }
}

private struct VectorFile: Decodable {
    struct Keys: Decodable {
        var app_id: String
        var encrypt_key: String
        var verification_token: String

        var app: FeishuApp {
            FeishuApp(
                appID: app_id,
                appSecret: Secret("s"),
                encryptKey: Secret(encrypt_key),
                verificationToken: Secret(verification_token)
            )
        }
    }

    var configs: [String: Keys]
    var vectors: [Vector]
}

@Suite("Deliveries are judged as the vectors say", .timeLimit(.minutes(1)))
struct FeishuVectorTests {
    @Test(
        "each vector gets its status, and what it says is enqueued and nothing else",
        arguments: ["encrypted", "plain"]
    )
    func vectors(configuration: String) async throws {
        let url = try #require(
            Bundle.module.url(forResource: "http_vectors", withExtension: "json", subdirectory: "Fixtures")
        )
        let file = try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: url))
        let keys = try #require(file.configs[configuration])
        let vectors = file.vectors.filter { $0.config == configuration }
        #expect(!vectors.isEmpty)
        let now = NIOLockedValueBox<Int64>(0)
        try await withGateway(apps: [keys.app], now: { now.withLockedValue { $0 } }) { gateway in
            for vector in vectors {
                now.withLockedValue { $0 = vector.now }
                let before = gateway.sink.events.count
                let response = try await gateway.request(vector.text)
                #expect("\(response.status / 100)xx" == vector.expect.status_class, "\(vector.id)")
                let added = gateway.sink.events.dropFirst(before).map { String(decoding: $0.plaintext, as: UTF8.self) }
                switch vector.expect.kind {
                case "event", "callback":
                    #expect(added == [vector.expect.plaintext ?? ""], "\(vector.id)")
                case "challenge", "duplicate", "ignored", "reject":
                    #expect(added.isEmpty, "\(vector.id)")
                default:
                    Issue.record("\(vector.id) is of an unknown kind")
                }
                if vector.expect.kind == "challenge" {
                    #expect(response.body.hasPrefix(#"{"challenge":""#), "\(vector.id)")
                }
            }
        }
    }
}
