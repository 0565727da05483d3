import JSON

/// A card that is created first, sent once, and then changed piece by piece (interface specification, section 6.3).
struct CardEntity: Sendable {
    /// Whether text may be streamed into the card.
    enum Streaming: Equatable {
        case on
        /// Switched off, or never on.
        case off
        /// It was left on for more than ten minutes.
        case timedOut
    }

    static let streamingLimit: Int64 = 10 * 60 * 1000
    static let lifetime: Int64 = 14 * 24 * 3600 * 1000
    private static let operationLimit = 1_000

    let id: String
    let appID: String
    let created: Int64
    /// The whole card, as JSON 2.0; or the reference to a template.
    private(set) var card: JSONValue
    /// The one message it is shown in; empty while that is being sent.
    var messageID: String?
    /// Clicks of people that are being worked on: the card cannot be changed meanwhile.
    var clicks = 0
    private(set) var sequence: Int64 = 0
    /// When it was changed for the first time; nil while it is as it was made.
    private(set) var firstChange: Int64?
    /// When streaming mode was last switched on; nil while it is off.
    private var streamingSince: Int64?
    /// What was done under which uuid.
    private var operations: [String: String] = [:]
    private var operationOrder = Ring<String>()

    init(id: String, appID: String, card: JSONValue, now: Int64) {
        self.id = id
        self.appID = appID
        self.created = now
        self.card = card
        streamingSince = card.isStreaming ? now : nil
    }

    func streaming(now: Int64) -> Streaming {
        guard let streamingSince else { return .off }
        return now - streamingSince < Self.streamingLimit ? .on : .timedOut
    }

    /// When streaming mode closes itself; nil while it is off.
    var streamsUntil: Int64? { streamingSince.map { $0 + Self.streamingLimit } }

    /// Puts another card in its place; its own setting of streaming mode counts from now on.
    mutating func replace(_ card: JSONValue, now: Int64) {
        self.card = card
        streamingSince = card.isStreaming ? now : nil
    }

    /// Puts changed elements in place of the old ones; streaming mode stays as it is.
    mutating func replaceElements(_ card: JSONValue) { self.card = card }

    /// What was done under this uuid before.
    func operation(_ uuid: String) -> String? { operations[uuid] }

    /// Notes an operation that was done.
    mutating func note(sequence: Int64, uuid: String?, fingerprint: String, at now: Int64) {
        self.sequence = sequence
        if firstChange == nil { firstChange = now }
        guard let uuid else { return }
        if operations.updateValue(fingerprint, forKey: uuid) == nil { operationOrder.append(uuid) }
        if operationOrder.count > Self.operationLimit, let oldest = operationOrder.popFirst() {
            operations[oldest] = nil
        }
    }

    /// The card as it is now: streaming mode reads as off once it has closed itself.
    func current(now: Int64) -> JSONValue {
        guard streaming(now: now) == .timedOut else { return card }
        return card.settingConfig(["streaming_mode": false])
    }
}

extension JSONValue {
    /// Whether a card says that it is in streaming mode.
    var isStreaming: Bool { self["config"]?["streaming_mode"]?.bool ?? false }

    /// The card with these members of its `config` changed.
    func settingConfig(_ changes: JSONObject) -> JSONValue {
        guard var card = object else { return self }
        var config = card["config"]?.object ?? [:]
        for member in changes.members { config[member.key] = member.value }
        card["config"] = .object(config)
        return .object(card)
    }
}
