import JSON

/// Frequency limits, in requests within a sliding window; 0 switches one off. Defaults are those of the interface
/// specification, section 8.
package struct RateRules: Sendable, Equatable {
    /// Requests a second of one app to one interface (tier 4).
    package var interfacePerSecond: Int
    /// Requests a minute of one app to one interface (tier 4).
    package var interfacePerMinute: Int
    /// Messages a second into one chat, from all bots in it together.
    package var chatPerSecond: Int
    /// Changes a second of one card message.
    package var messagePerSecond: Int
    /// CardKit operations a second on one card entity.
    package var cardPerSecond: Int
    /// The status that goes with 99991400: 429, or 400 as older interfaces answer.
    package var refusalStatus: Int

    package init(
        interfacePerSecond: Int = 50,
        interfacePerMinute: Int = 1000,
        chatPerSecond: Int = 5,
        messagePerSecond: Int = 5,
        cardPerSecond: Int = 10,
        refusalStatus: Int = 429
    ) {
        self.interfacePerSecond = interfacePerSecond
        self.interfacePerMinute = interfacePerMinute
        self.chatPerSecond = chatPerSecond
        self.messagePerSecond = messagePerSecond
        self.cardPerSecond = cardPerSecond
        self.refusalStatus = refusalStatus
    }

    /// No limit at all, for tests of something else.
    package static let none = RateRules(
        interfacePerSecond: 0,
        interfacePerMinute: 0,
        chatPerSecond: 0,
        messagePerSecond: 0,
        cardPerSecond: 0
    )

    /// The limit a second of an interface that has this one instead of the usual, in proportion where all are scaled.
    func perSecond(of own: Int?) -> Int {
        guard let own, interfacePerSecond > 0 else { return interfacePerSecond }
        return max(1, own * interfacePerSecond / RateRules().interfacePerSecond)
    }

    /// The same of a minute.
    func perMinute(of own: Int?) -> Int {
        guard let own, interfacePerMinute > 0 else { return interfacePerMinute }
        return max(1, own * interfacePerMinute / RateRules().interfacePerMinute)
    }

    private static let names: [(String, any WritableKeyPath<RateRules, Int> & Sendable)] = [
        ("interface_per_second", \.interfacePerSecond), ("interface_per_minute", \.interfacePerMinute),
        ("chat_per_second", \.chatPerSecond), ("message_per_second", \.messagePerSecond),
        ("card_per_second", \.cardPerSecond),
    ]

    /// The limits as the control interface shows them.
    var json: JSONValue {
        var object: JSONObject = [:]
        for (name, path) in Self.names { object[name] = .integer(Int64(self[keyPath: path])) }
        object["refusal_status"] = .integer(Int64(refusalStatus))
        return .object(object)
    }

    /// Changes those named; `scale` multiplies every limit of the specification, `enabled: false` switches all off.
    mutating func change(_ json: JSONValue) throws(ControlError) {
        if let enabled = json["enabled"]?.bool { self = enabled ? RateRules() : .none }
        if let scale = json["scale"]?.double {
            guard (0.001...100_000).contains(scale) else { throw .invalid("scale must be 0.001 to 100000") }
            let usual = RateRules()
            for (_, path) in Self.names {
                self[keyPath: path] = max(1, Int(Double(usual[keyPath: path]) * scale))
            }
        }
        for (name, path) in Self.names where json[name] != nil {
            guard let value = json[name]?.integer, (0...1_000_000).contains(value) else {
                throw .invalid("\(name) must be 0 (off) to 1000000")
            }
            self[keyPath: path] = Int(value)
        }
        if let status = json["refusal_status"] {
            guard let value = status.integer, value == 429 || value == 400 else {
                throw .invalid("refusal_status must be 429 or 400")
            }
            refusalStatus = Int(value)
        }
    }
}
