import Cryptography
import Foundation
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Feishu's vectors, made anew with the time of now")
    struct FeishuVectorTests {
        @Test("each gets its answer from the running gateway", arguments: ["encrypted", "plain"])
        func vectors(configuration: String) async throws {
            let url = try #require(
                Bundle.module.url(forResource: "http_vectors", withExtension: "json", subdirectory: "Fixtures")
            )
            let file = try JSONValue(parsing: Array(try Data(contentsOf: url)))
            let keys = try #require(file["configs"]?[configuration])
            func text(_ name: String) -> String { keys[name]?.string ?? "" }
            var options = AssistantSystem.Options(workers: 0)
            options.settings = [
                "FEISHU_APP_ID": text("app_id"), "FEISHU_VERIFICATION_TOKEN": text("verification_token"),
                "FEISHU_ENCRYPT_KEY": text("encrypt_key"),
            ]
            options.isVerified = false
            let vectors = try #require(file["vectors"]?.array).filter { $0["config"]?.string == configuration }
            #expect(vectors.count > 3)
            try await AssistantSystem.with(options) { system in
                for vector in vectors {
                    try await judge(vector, keys: keys, by: system)
                }
                #expect(system.gateway.isRunning)
            }
        }

        private func judge(_ vector: JSONValue, keys: JSONValue, by system: AssistantSystem) async throws {
            let name = try #require(vector["id"]?.string)
            let before = try await system.census().ready
            let request = try SealedRequest(recipe: try #require(vector["recipe"]), keys: keys)
            let answer = try await system.ask("POST", EventPath.path, headers: request.headers, body: request.body)
            let added = try await system.census().ready - before

            let expected = try #require(vector["expect"])
            if expected["status_class"]?.string == "2xx" {
                #expect(answer.status == 200, "\(name)")
            } else {
                #expect((400..<500).contains(answer.status), "\(name)")
            }
            let body = try JSONValue(parsing: answer.body)
            if let response = expected["response_json"] { #expect(body == response, "\(name)") }
            if expected["response_is_json_object"]?.bool == true { #expect(body.object != nil, "\(name)") }
            switch expected["kind"]?.string {
            case "event": #expect(added == 1, "\(name)")
            case "callback": break  // What becomes of a callback is not the vectors' business.
            default: #expect(added == 0, "\(name)")
            }
        }
    }
}

extension SealedRequest {
    /// Follows the recipe of a vector: the steps by which its request was made, with the time of now.
    fileprivate init(recipe: JSONValue, keys: JSONValue) throws {
        let key = recipe["encrypt_with"]?.string ?? keys["encrypt_key"]?.string ?? ""
        let plaintext = Array((recipe["raw_body"]?.string ?? recipe["plaintext"]?.string ?? "").utf8)
        let isSealed = recipe["raw_body"] == nil && recipe["encrypt"]?.bool != false
        let signature: Signature =
            switch recipe["sign"]?.string {
            case "none": .none
            case "zeros": .zeros
            case "wrong_key": .wrongKey
            case "sha1_token": .oldCard(token: keys["verification_token"]?.string ?? "")
            default: .valid
            }
        self.init(
            body: isSealed
                ? try Self.encrypted(plaintext, key: key, flipped: recipe["flip_cipher_byte"]?.integer.map { Int($0) })
                : plaintext,
            key: key,
            signature: signature,
            age: -Int(recipe["ts_offset"]?.integer ?? 0)
        )
        body += Array((recipe["body_append"]?.string ?? "").utf8)
        if recipe["lower_header_names"]?.bool == true { headers = headers.map { ($0.0.lowercased(), $0.1) } }
    }
}
