import Foundation
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("The doctor looks at the whole system")
    struct DoctorTests {
        /// What the doctor found by subject, and how it ended.
        private struct Report {
            let status: Int32
            let findings: [String: (verdict: String, text: String)]
            /// Verdict and text of a subject; of several the worst.
            subscript(subject: String) -> (verdict: String, text: String)? { findings[subject] }

            var failed: [String] { findings.filter { $0.value.verdict == "FAIL" }.keys.sorted() }
        }

        /// Runs the doctor.
        private static func examine(
            _ system: AssistantSystem,
            _ arguments: [String],
            _ changes: [String: String] = [:]
        ) async throws -> Report {
            let outcome = try await ProgramProcess.run(
                "ai-assistant",
                ["doctor", "-o", "json"] + arguments,
                environment: system.environment.merging(changes) { $1 }
            )
            let findings = try JSONValue(parsing: outcome.output).array ?? []
            let texts = Dictionary(
                findings.map { finding in
                    let text = "\(finding["detail"]?.string ?? "") | \(finding["fix"]?.string ?? "")"
                    return (finding["subject"]?.string ?? "", (finding["verdict"]?.string ?? "", text))
                },
                uniquingKeysWith: { first, second in
                    let text = first.1 + "\n" + second.1
                    return (["FAIL", "WARN"].first { [first.0, second.0].contains($0) } ?? "OK", text)
                }
            )
            guard case .exited(let status) = outcome.ending else { return Report(status: -1, findings: texts) }
            return Report(status: status, findings: texts)
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

        private static let app = "feishu \(AssistantSystem.App.id)"

        @Test("all is well with a good one, and each thing that is wrong has its name and its remedy")
        func wholeSystem() async throws {
            try await FakeModelServer.with(
                answering: { _ in .text("x") },
                { model in
                    var options = AssistantSystem.Options(workers: 0, redis: ["--appendonly", "yes"])
                    options.settings = [
                        "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_MODEL": "fake-model",
                    ]
                    try await AssistantSystem.with(options) { system in
                        try await Self.good(system)
                        try await Self.keys(system)
                        try await Self.console(system)
                        try await Self.rest(system)
                    }
                }
            )
        }

        private static func good(_ system: AssistantSystem) async throws {
            let spoken = try await system.sandbox.say("hello")
            _ = try await system.sandbox.statuses(of: try #require(spoken.eventID), count: 1)
            let maya = try await system.openID(of: "Maya")
            let good = try await examine(system, ["--url", system.gatewayURL, "--send-to", maya])
            for subject in [
                "configuration", "redis", "redis version", "redis role", "redis persistence", "redis eviction", "clock",
                "clock and Feishu", app, "\(app) bot", "\(app) permissions", "\(app) subscriptions", "\(app) message",
                "\(app) URL challenge", "\(app) URL events", "\(app) URL callbacks", "\(app) URL clear text",
                "\(app) URL forgery", "model",
            ] {
                #expect(good[subject]?.verdict == "OK", "\(subject): \(good[subject]?.text ?? "not looked at")")
            }
            #expect(good["\(app) URL challenge"]?.text.contains("encrypted") == true)
            #expect(good["\(app) URL"]?.text.contains("TLS") == true)
            #expect(good.status == 0 && good.failed.isEmpty)
            // Beside the message, its click is one task, its event and its forgery none.
            #expect(try await system.census().ready == 2)
        }

        private static func keys(_ system: AssistantSystem) async throws {
            let url = ["--url", system.gatewayURL]
            let wrongToken = try await examine(system, url, ["FEISHU_VERIFICATION_TOKEN": "other"])
            #expect(wrongToken.failed == ["\(app) URL challenge"] && wrongToken.status == 1)
            #expect(wrongToken["\(app) URL challenge"]?.text.contains("verification token") == true)
            let wrongKey = try await examine(system, url, ["FEISHU_ENCRYPT_KEY": "other"])
            #expect(wrongKey.failed == ["\(app) URL challenge"] && wrongKey.status == 1)
            #expect(wrongKey["\(app) URL challenge"]?.text.contains("encrypt key") == true)
            let wrongSecret = try await examine(system, [], ["FEISHU_APP_SECRET": "other"])
            #expect(wrongSecret.failed == [app] && wrongSecret[app]?.text.contains("app secret") == true)
            let nobody = try await examine(system, ["--url", "http://127.0.0.1:1", "--send-to", "ou_nobody"])
            #expect(nobody["\(app) URL challenge"]?.verdict == "FAIL" && nobody.status == 1)
            #expect(nobody["\(app) message"]?.text.contains("open id") == true)
        }

        private static func console(_ system: AssistantSystem) async throws {
            // Something that can be done without, and something that cannot.
            try await control(system, "apps/main", ["withdraw": ["cardkit:card:write", "contact:user.base:readonly"]])
            let narrow = try await examine(system, [])
            #expect(narrow["\(app) permission"]?.verdict == "WARN" && narrow.status == 0)
            for scope in ["cardkit:card:write", "contact:user.base:readonly"] {
                #expect(narrow["\(app) permission"]?.text.contains(scope) == true)
            }
            try await control(system, "apps/main", ["withdraw": ["im:message", "im:message:send_as_bot"]])
            let mute = try await examine(system, [])
            #expect(mute.failed == ["\(app) permission"] && mute.status == 1)
            #expect(mute["\(app) permission"]?.text.contains("answering: missing im:message:send_as_bot") == true)
            #expect(mute["\(app) permission"]?.text.contains("Permissions & Scopes") == true)

            // Events and callbacks, and what rules wait for.
            let all: JSONValue = ["grant": ["im:message", "cardkit:card:write"], "callbacks": []]
            try await control(system, "apps/main", all)
            let buttons = try await examine(system, [])
            #expect(buttons["\(app) callback"]?.text.contains("card.action.trigger") == true)
            #expect(buttons["\(app) callback"]?.verdict == "WARN" && buttons.status == 0)
            try await control(system, "apps/main", ["events": ["im.chat.disbanded_v1"]])
            let rules = try RulesFixture(
                "rules: [{name: r, on: {event: approval_instance}, steps: [{say: {chat: oc_1, text: x}}]}]"
            )
            defer { rules.remove() }
            let deaf = try await examine(system, [], ["AUTOMATION_RULES_FILE": rules.path])
            #expect(deaf.failed == ["\(app) event"] && deaf.status == 1)
            for type in ["im.message.receive_v1", "application.bot.menu_v6", "approval_instance"] {
                #expect(deaf["\(app) event"]?.text.contains("missing event \(type)") == true)
            }
            #expect(deaf["rules"]?.verdict == "OK")
            try await control(system, "apps/main", ["withdraw": ["application:application:self_manage"]])
            let blind = try await examine(system, [])
            #expect(blind["\(app) subscriptions"]?.text.contains("application:application:self_manage") == true)
            #expect(blind.status == 0)
            try rules.write("rules: [{name: r}]")
            let wrong = try await examine(system, [], ["AUTOMATION_RULES_FILE": rules.path])
            #expect(wrong.failed == ["rules"] && wrong.status == 1)
            #expect(wrong["rules"]?.text.contains("rules[0].on") == true)
        }

        private static func rest(_ system: AssistantSystem) async throws {
            let away = try await examine(system, [], ["LLM_BASE_URL": "http://127.0.0.1:1/v1"])
            #expect(away.failed == ["model"] && away.status == 1)
            #expect(away["model"]?.text.contains("LLM_BASE_URL") == true)
            let forgetful = try await RedisServer.start()
            defer { forgetful.stop() }
            let unsafe = try await examine(system, [], ["REDIS_URL": forgetful.url])
            #expect(unsafe["redis persistence"]?.verdict == "WARN" && unsafe.status == 0)
            #expect(unsafe["redis persistence"]?.text.contains("appendonly yes") == true)
            let refused = try await examine(system, [], ["REDIS_URL": forgetful.url, "DURABILITY": "fsync"])
            #expect(refused.failed == ["redis durability"] && refused.status == 1)
            let gone = try await examine(system, [], ["REDIS_URL": "redis://127.0.0.1:1/0"])
            #expect(gone.failed == ["redis"] && gone.status == 3)
        }

        @Test("an app without an Encrypt Key is challenged in clear text")
        func clearText() async throws {
            var options = AssistantSystem.Options(workers: 0)
            options.isVerified = false
            options.settings = ["FEISHU_ENCRYPT_KEY": ""]
            try await AssistantSystem.with(options) { system in
                let report = try await Self.examine(system, ["--url", system.gatewayURL])
                #expect(report["\(Self.app) URL challenge"]?.verdict == "OK")
                #expect(report["\(Self.app) URL challenge"]?.text.contains("encrypted") == false)
                #expect(report["\(Self.app) URL events"]?.verdict == "OK" && report.status == 0)
                let wrong = try await Self.examine(
                    system,
                    ["--url", system.gatewayURL],
                    ["FEISHU_VERIFICATION_TOKEN": "other"]
                )
                #expect(wrong["\(Self.app) URL challenge"]?.verdict == "FAIL" && wrong.status == 1)
            }
        }

        @Test("a clock that is wrong is told", .enabled(if: FalseTime.isAvailable, "faketime is not installed"))
        func clock() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let ahead = try await Self.examine(system, [], FalseTime.environment(seconds: 120))
                #expect(ahead.failed == ["clock", "clock and Feishu"] && ahead.status == 1)
                #expect(ahead["clock"]?.text.contains("NTP") == true)
                let aLittle = try await Self.examine(system, [], FalseTime.environment(seconds: -20))
                #expect(aLittle["clock"]?.verdict == "WARN" && aLittle.status == 0)
            }
        }
    }
}

/// What makes a program believe in another time (libfaketime).
private enum FalseTime {
    private static let library = "/usr/$LIB/faketime/libfaketimeMT.so.1"

    static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/faketime")

    static func environment(seconds: Int) -> [String: String] {
        [
            "LD_PRELOAD": library, "FAKETIME": "\(seconds < 0 ? "" : "+")\(seconds)s", "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }
}
