package import JSON

/// One answer of the bot.
package struct BotReply: Sendable, Equatable {
    package let messageID: String
    package let type: String
    /// The words without their markup's wrapping; Markdown as it was sent.
    package let text: String
    /// The card entity it shows.
    package var cardID: String?
    /// Whether text may still be streamed into that.
    package var isStreaming = false
    /// When that was changed for the first time, in milliseconds since 1970; nil while it is as it was made.
    package var firstChange: Int64?
}

extension FeishuCloud {
    /// Whether the gateway has answered the challenge.
    package var isVerified: Bool { courier.isVerified }

    /// Who speaks when nobody is named.
    package static let defaultPerson = "林晓"
    private static let snapshotMessages = 500
    private static let snapshotPeople = 200

    /// What the chat page needs to begin: who is there and the last messages with their deliveries.
    func snapshot() -> JSONValue {
        furnish()
        let (messages, deliveries, chats, people, revision) = withState { state in
            let messages = state.messages.all.suffix(Self.snapshotMessages)
            let deliveries = messages.compactMap { state.deliveries.record(ofMessage: $0.id) }
            // Thousands of people in a load test would be no help on the page.
            let people = state.directory.people.values.sorted { $0.name < $1.name }.prefix(Self.snapshotPeople)
            let chats = state.directory.chats.values.sorted { $0.id < $1.id }.prefix(Self.snapshotPeople)
            return (messages, deliveries, chats, people, state.revision)
        }
        return [
            "revision": .integer(revision),
            "bot": .string(configuration.app.name),
            "app_id": .string(configuration.app.id),
            "default_user": .string(Self.defaultPerson),
            "gateway": configuration.eventURL.map(JSONValue.string) ?? .null,
            "verified": .bool(courier.isVerified),
            "encrypted": .bool(configuration.app.encryptKey != nil),
            "apps": .array(
                configuration.apps.map {
                    [
                        "app_id": .string($0.id), "name": .string($0.name),
                        "open_id": .string(Directory.botOpenID(of: $0.id)),
                    ]
                }
            ),
            "menu": .array(
                configuration.app.menu.map {
                    [
                        "event_key": .string($0.key), "chinese": .string($0.chinese),
                        "english": .string($0.english),
                    ]
                }
            ),
            "people": .array(people.map { ["name": .string($0.name), "open_id": .string($0.openID)] }),
            "chats": .array(chats.map(\.view)),
            "messages": .array(messages.map(view)),
            "deliveries": .array(deliveries.map(\.json)),
            "tasks": tasks()["tasks"] ?? [],
        ]
    }

    /// Somewhere to begin on an empty page: a private chat and a group, which were there before, so nobody is told.
    private func furnish() {
        withState { state in
            guard state.directory.chats.isEmpty else { return }
            guard let person = state.directory.person(named: Self.defaultPerson) else { return }
            _ = state.directory.privateChat(with: person, app: configuration.app.id)
            guard let group = state.directory.group(named: "产品周会") else { return }
            for name in [Self.defaultPerson, "周宁", "陈默"] {
                if let member = state.directory.person(named: name) { state.directory.join(member, group.id) }
            }
        }
    }

    /// Counts of everything, for a test's first look.
    func stats() -> JSONValue {
        let verified = courier.isVerified
        return withState { state in
            var deliveries: [String: Int64] = [:]
            var events: [String: Int64] = [:]
            var attempts: Int64 = 0
            for record in state.deliveries.all {
                events[record.type, default: 0] += 1
                // What tells a bot of its own doing is no work for it to finish.
                guard !record.isEcho else { continue }
                deliveries[record.state.rawValue, default: 0] += 1
                attempts += Int64(record.attempts.count)
            }
            let calls = state.meter.json
            return [
                "verified": .bool(verified),
                "messages": .integer(Int64(state.messages.count)),
                "cards": .integer(Int64(state.cards.count)),
                "requests": .object(JSONObject(counting: state.meter.calls.mapValues(Int64.init))),
                "calls": calls["calls"] ?? 0,
                "refusals": calls["refusals"] ?? 0,
                "too_often": calls["too_often"] ?? 0,
                "sends": state.sends.totalsJSON,
                "deliveries": .object(JSONObject(counting: deliveries)),
                "events": .object(JSONObject(counting: events)),
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

    /// What bots answered to a message, oldest first.
    package func replies(to messageID: String) -> [BotReply] {
        let now = time.now()
        return withState { state in
            state.messages.replies(to: messageID).filter(\.sender.isApp).map {
                let card = $0.cardID.flatMap { state.cards[$0] }
                return BotReply(
                    messageID: $0.id,
                    type: $0.type,
                    text: PlainText.of(state.shown($0, now: now)),
                    cardID: $0.cardID,
                    isStreaming: card?.streaming(now: now) == .on,
                    firstChange: card?.firstChange
                )
            }
        }
    }

    /// A card entity as it is now, with what CardKit keeps about it; nil when unknown.
    package func card(_ id: String) -> JSONValue? {
        let now = time.now()
        return withState { state in
            guard let entity = state.cards[id] else { return nil }
            return [
                "card_id": .string(id), "card": entity.current(now: now), "sequence": .integer(entity.sequence),
                "streaming": .bool(entity.streaming(now: now) == .on),
                "message_id": entity.messageID.map(JSONValue.string) ?? .null,
            ]
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
                    state.faults.waiting.map { fault in
                        [
                            "kind": .string(fault.kind.rawValue), "count": .integer(Int64(fault.count)),
                            "percent": fault.percent.map(JSONValue.double) ?? .null,
                        ]
                    }
                ),
            ]
        }
    }

    /// Makes every token given so far invalid.
    package func revokeTokens() { withState { $0.tokens.revokeAll() } }

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
            "counts": .object(JSONObject(counting: counts.mapValues(Int64.init))),
        ]
    }
}

extension JSONObject {
    /// Counts by name, in the names' order.
    init(counting counts: [String: Int64]) {
        self.init()
        for (key, value) in counts.sorted(by: { $0.key < $1.key }) { self[key] = .integer(value) }
    }
}
