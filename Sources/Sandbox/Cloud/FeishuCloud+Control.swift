package import JSON

/// One answer of the bot.
package struct BotReply: Sendable, Equatable {
    package let messageID: String
    package let type: String
    /// The words without their markup's wrapping; Markdown as it was sent.
    package let text: String
}

extension FeishuCloud {
    /// Whether the gateway has answered the challenge.
    package var isVerified: Bool { courier.isVerified }

    /// Who speaks when nobody is named.
    package static let defaultPerson = "林晓"
    private static let snapshotMessages = 500

    /// What the chat page needs to begin: who is there and the last messages with their deliveries.
    func snapshot() -> JSONValue {
        let (messages, deliveries, chats, revision) = withState { state in
            let messages = state.messages.all.suffix(Self.snapshotMessages)
            let deliveries = messages.compactMap { state.deliveries.record(ofMessage: $0.id) }
            return (messages, deliveries, Array(state.directory.chats.values), state.revision)
        }
        return [
            "revision": .integer(revision),
            "bot": .string(configuration.app.name),
            "app_id": .string(configuration.app.id),
            "default_user": .string(Self.defaultPerson),
            "gateway": configuration.eventURL.map(JSONValue.string) ?? .null,
            "verified": .bool(courier.isVerified),
            "encrypted": .bool(configuration.app.encryptKey != nil),
            "chats": .array(
                chats.sorted { $0.id < $1.id }.map {
                    ["chat_id": .string($0.id), "kind": .string($0.kind.rawValue), "name": .string($0.name)]
                }
            ),
            "messages": .array(messages.map(view)),
            "deliveries": .array(deliveries.map(\.json)),
        ]
    }

    /// Counts of everything, for a test's first look.
    func stats() -> JSONValue {
        let verified = courier.isVerified
        return withState { state in
            var requests: JSONObject = [:]
            for (name, count) in state.requests.sorted(by: { $0.key < $1.key }) {
                requests[name] = .integer(Int64(count))
            }
            var deliveries: [String: Int64] = [:]
            var attempts: Int64 = 0
            for record in state.deliveries.all {
                deliveries[record.state.rawValue, default: 0] += 1
                attempts += Int64(record.attempts.count)
            }
            return [
                "verified": .bool(verified),
                "messages": .integer(Int64(state.messages.count)),
                "requests": .object(requests),
                "sends": state.sends.totalsJSON,
                "deliveries": .object(
                    JSONObject(deliveries.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
                ),
                "attempts": .integer(attempts),
                "faults_used": .integer(Int64(state.faults.used)),
                "effects": .integer(Int64(state.effects.counts.count)),
            ]
        }
    }

    /// Everything the bot asked to send, and how often each uuid.
    package func sent(chatID: String?) -> JSONValue {
        withState { $0.sends.report(chatID: chatID) }
    }

    func deliveries() -> JSONValue {
        ["deliveries": .array(withState { $0.deliveries.all.suffix(1_000).map(\.json) })]
    }

    /// What the bot answered to a message, oldest first.
    package func replies(to messageID: String) -> [BotReply] {
        withState { state in
            state.messages.all.filter { $0.parentID == messageID && $0.sender == .app }.map {
                BotReply(messageID: $0.id, type: $0.type, text: PlainText.of($0))
            }
        }
    }

    /// Makes the next calls fail. At most 1,000 faults wait; what is over that is dropped.
    package func inject(_ fault: Fault) { withState { $0.faults.add(fault) } }

    func clearFaults() { withState { $0.faults.clear() } }

    func faults() -> JSONValue {
        withState { state in
            [
                "used": .integer(Int64(state.faults.used)),
                "waiting": .array(
                    state.faults.waiting.map {
                        ["kind": .string($0.kind.rawValue), "count": .integer(Int64($0.count))]
                    }
                ),
            ]
        }
    }

    /// Makes every token given so far invalid.
    package func revokeTokens() { withState { $0.tokens.revokeAll() } }

    func setBot(isMember: Bool, of chatID: String) throws(ControlError) {
        guard withState({ $0.directory.setBot(outside: !isMember, of: chatID) }) else {
            throw .notFound("no such chat: \(chatID)")
        }
    }

    /// Records one effect of a job under test; returns how often this key was recorded.
    func recordEffect(_ key: String) throws(ControlError) -> Int64 {
        guard let count = withState({ $0.effects.record(key) }) else { throw .full("too many effects") }
        return Int64(count)
    }

    func clearEffects() { withState { $0.effects.clear() } }

    /// How often each key was recorded, and how many keys more than once.
    func effects() -> JSONValue {
        let counts = withState { $0.effects.counts }
        return [
            "keys": .integer(Int64(counts.count)),
            "total": .integer(counts.values.reduce(0) { $0 + Int64($1) }),
            "repeated": .integer(Int64(counts.values.count { $0 > 1 })),
            "counts": .object(
                JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
            ),
        ]
    }
}

extension JSONObject {
    /// Members in this order; keys must differ.
    fileprivate init(_ members: [(String, JSONValue)]) {
        self.init()
        for (key, value) in members { self[key] = value }
    }
}
