import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("The doctor looks at the whole system")
    struct DoctorTests {
        /// Runs the doctor, and gives what it found by subject.
        private static func examine(
            _ system: AssistantSystem,
            _ arguments: [String],
            _ changes: [String: String] = [:]
        ) async throws -> [String: (verdict: String, text: String)] {
            let outcome = try await ProgramProcess.run(
                "ai-assistant",
                ["doctor", "-o", "json"] + arguments,
                environment: system.environment.merging(changes) { $1 }
            )
            let findings = try JSONValue(parsing: outcome.output).array ?? []
            return Dictionary(
                findings.map { finding in
                    let text = "\(finding["detail"]?.string ?? "") | \(finding["fix"]?.string ?? "")"
                    return (finding["subject"]?.string ?? "", (finding["verdict"]?.string ?? "", text))
                },
                uniquingKeysWith: { $0.verdict == "OK" ? $1 : $0 }
            )
        }

        private static func control(_ system: AssistantSystem, _ path: String, _ body: JSONValue) async throws {
            let response = try await system.http.execute(
                HTTPClientRequest(
                    method: "PUT",
                    url: "\(system.sandbox.url)/sandbox/\(path)",
                    headers: [("Content-Type", "application/json")],
                    body: body.bytes
                )
            )
            #expect(response.status == 200)
        }

        @Test("all is well with a good one, and each thing that is wrong has its name")
        func wholeSystem() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let app = "feishu \(AssistantSystem.App.id)"
                let spoken = try await system.sandbox.say("hello")
                _ = try await system.sandbox.statuses(of: try #require(spoken.eventID), count: 1)
                let state = try await system.http.execute(HTTPClientRequest(url: "\(system.sandbox.url)/sandbox/state"))
                let people = try JSONValue(parsing: state.body)["people"]?.array
                let maya = try #require(people?.first?["open_id"]?.string)
                let url = ["--url", system.gatewayURL]

                let good = try await Self.examine(system, url + ["--send-to", maya])
                for subject in [
                    app, "\(app) bot", "\(app) permissions", "\(app) message", "\(app) URL challenge",
                    "\(app) URL events",
                    "\(app) URL callbacks", "\(app) URL clear text", "\(app) URL forgery",
                ] {
                    #expect(good[subject]?.verdict == "OK", "\(subject): \(good[subject]?.text ?? "not looked at")")
                }
                #expect(good["\(app) URL"]?.text.contains("TLS") == true)
                #expect(good.values.allSatisfy { $0.verdict != "FAIL" })
                // Beside the message, its click is one task, its event and its forgery none.
                #expect(try await system.census().ready == 2)

                let wrongToken = try await Self.examine(system, url, ["FEISHU_VERIFICATION_TOKEN": "other"])
                #expect(wrongToken["\(app) URL challenge"]?.verdict == "FAIL")
                #expect(wrongToken["\(app) URL challenge"]?.text.contains("verification token") == true)
                let wrongKey = try await Self.examine(system, url, ["FEISHU_ENCRYPT_KEY": "other"])
                #expect(wrongKey["\(app) URL challenge"]?.text.contains("encrypt key") == true)
                let nobody = try await Self.examine(system, ["--url", "http://127.0.0.1:1", "--send-to", "ou_nobody"])
                #expect(nobody["\(app) URL challenge"]?.verdict == "FAIL")
                #expect(nobody["\(app) message"]?.text.contains("open id") == true)

                try await Self.control(system, "apps/main", ["withdraw": ["cardkit:card:write"]])
                let lacking = try await Self.examine(system, [])
                #expect(lacking["\(app) permission"]?.verdict == "WARN")
                #expect(lacking["\(app) permission"]?.text.contains("cardkit:card:write") == true)
            }
        }
    }
}
