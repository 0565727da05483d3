package import JSON

/// What the cloud allows, as tests and operators set it while it runs, and how often it was asked.
extension FeishuCloud {
    /// The frequency limits as they are now.
    package var rates: RateRules { withState { $0.rates } }

    /// Changes the limits named: `{"scale": 10}`, `{"enabled": false}`, `{"chat_per_second": 0}` and so on.
    ///
    /// - Throws: `.invalid` for a number out of range.
    package func changeRates(_ json: JSONValue) throws(ControlError) {
        try locked { (state) throws(ControlError) in try state.rates.change(json) }
    }

    /// Sets how many calls an app (the main one unless named) has this month, all used ones forgotten; nil for no
    /// limit.
    package func setQuota(limit: Int?, of appID: String?) {
        let id = appID ?? configuration.app.id
        withState { state in
            state.quotas[id, default: MonthlyQuota()].limit = limit
            state.quotas[id]?.reset()
        }
    }

    func quota(of appID: String?) -> JSONValue {
        let quota = withState { $0.quotas[appID ?? configuration.app.id] } ?? MonthlyQuota()
        return ["limit": quota.limit.map { .integer(Int64($0)) } ?? .null, "used": .integer(Int64(quota.used))]
    }

    /// Changes what the console says of an app: `scopes` (all of them), `grant` and `withdraw` (some),
    /// `events` and `callbacks` (all it subscribed to), `callback_url`.
    ///
    /// - Throws: `.notFound` for an unknown app.
    @discardableResult
    package func changeApp(_ appID: String?, _ json: JSONValue) throws(ControlError) -> JSONValue {
        let id = try app(appID).id
        return withState { state in
            if let scopes = json["scopes"]?.array { state.apps[id]?.scopes = Set(scopes.compactMap(\.string)) }
            for scope in (json["grant"]?.array ?? []).compactMap(\.string) { state.apps[id]?.scopes.insert(scope) }
            for scope in (json["withdraw"]?.array ?? []).compactMap(\.string) { state.apps[id]?.scopes.remove(scope) }
            if let events = json["events"]?.array { state.apps[id]?.events = Set(events.compactMap(\.string)) }
            if let callbacks = json["callbacks"]?.array {
                state.apps[id]?.callbacks = Set(callbacks.compactMap(\.string))
            }
            if let url = json["callback_url"] { state.apps[id]?.callbackURL = url.string }
            let scopes = (state.apps[id]?.scopes ?? []).sorted()
            return ["app_id": .string(id), "scopes": .array(scopes.map(JSONValue.string))]
        }
    }

    /// Calls and refusals of each interface since the start or the last reset.
    package func calls() -> JSONValue { withState { $0.meter.json } }

    func resetCalls() { withState { $0.meter.reset() } }

    /// How many calls each message of a person took to be answered: those about the message itself (replies, reactions,
    /// reading it), about the bots' replies to it, and about the card entities those show, their creation included.
    package func callsByAnswer() -> JSONValue {
        withState { state in
            var calls: [String: Int] = [:]
            var order: [String] = []
            for message in state.messages.all {
                if !message.sender.isApp {
                    calls[message.id] = state.meter.calls(about: message.id)
                    order.append(message.id)
                } else if let parent = message.parentID, calls[parent] != nil {
                    let card = message.cardID.map { state.meter.calls(about: $0) } ?? 0
                    calls[parent]? += state.meter.calls(about: message.id) + card
                }
            }
            let counts = order.compactMap { id in calls[id].map { (id, $0) } }
            return [
                "highest": .integer(Int64(counts.map(\.1).max() ?? 0)),
                "answers": .array(
                    counts.map { ["message_id": .string($0.0), "calls": .integer(Int64($0.1))] }
                ),
            ]
        }
    }

    /// Makes what chance decides about faults repeatable from now on.
    package func seedFaults(_ seed: UInt64) { withState { $0.faults.seed(seed) } }
}
