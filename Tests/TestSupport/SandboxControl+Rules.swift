package import JSON

/// What the sandbox allows and how often it was asked.
extension SandboxControl {
    /// Calls the bot made.
    package struct Calls: Sendable {
        package let total: Int
        package let refused: Int
        /// Refused with a code that says "too often".
        package let tooOften: Int
        /// Calls by interface, such as `POST /open-apis/im/v1/messages`.
        package let byInterface: [String: Int]
    }

    /// Calls of the open interface since the start or the last reset.
    package func calls() async throws -> Calls {
        let answer = try await call("GET", "calls")
        var byInterface: [String: Int] = [:]
        for member in answer["interfaces"]?.object?.members ?? [] {
            byInterface[member.key] = Int(member.value["calls"]?.integer ?? 0)
        }
        return Calls(
            total: Int(answer["calls"]?.integer ?? 0),
            refused: Int(answer["refusals"]?.integer ?? 0),
            tooOften: Int(answer["too_often"]?.integer ?? 0),
            byInterface: byInterface
        )
    }

    /// How many calls each person's message took to be answered, by the message's id.
    package func callsByAnswer() async throws -> [String: Int] {
        var calls: [String: Int] = [:]
        for answer in try await call("GET", "calls/answers")["answers"]?.array ?? [] {
            calls[answer["message_id"]?.string ?? ""] = Int(answer["calls"]?.integer ?? 0)
        }
        return calls
    }

    /// Counts calls from zero again.
    package func resetCalls() async throws { _ = try await call("DELETE", "calls") }

    /// Changes frequency limits: `["scale": 10]`, `["enabled": false]`, `["chat_per_second": 0]`.
    package func setRates(_ rates: JSONValue) async throws { _ = try await call("PUT", "rates", rates) }

    /// Sets the calls left this month; nil for no limit.
    package func setQuota(_ limit: Int?) async throws {
        _ = try await call("PUT", "quota", ["limit": limit.map { .integer(Int64($0)) } ?? .null])
    }

    /// Grants the main app scopes and withdraws others.
    package func changeScopes(grant: [String] = [], withdraw: [String] = []) async throws {
        _ = try await call(
            "PUT",
            "apps/main",
            [
                "grant": .array(grant.map(JSONValue.string)), "withdraw": .array(withdraw.map(JSONValue.string)),
            ]
        )
    }

    /// Nothing goes wrong any more.
    package func clearFaults() async throws { _ = try await call("DELETE", "faults") }

    /// A card entity: `card`, `sequence`, `streaming`, `message_id`.
    package func card(_ id: String) async throws -> JSONValue { try await call("GET", "cards/\(id)") }

    /// Everything the chat page begins with: people, chats, messages (with `card_id` and the card in `content`).
    package func state() async throws -> JSONValue { try await call("GET", "state") }
}
