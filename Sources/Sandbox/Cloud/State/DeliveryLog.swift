import JSON

/// One event and what became of bringing it to the gateway.
package struct DeliveryRecord: Sendable {
    package enum State: String, Sendable { case sending, waiting, acknowledged, failed }

    package struct Attempt: Sendable {
        /// Which of several concurrent copies, from 0.
        package let copy: Int
        /// 0 for the first, up to 4 for repetitions.
        package let repetition: Int
        package let started: Int64
        package let milliseconds: Int64
        /// nil when there was no answer at all.
        package let status: Int?
        package let failure: String?
    }

    package let eventID: String
    let appID: String
    let type: String
    let messageID: String?
    /// Whether it tells a bot of what a bot did, such as its own reaction.
    let isEcho: Bool
    /// The decrypted event; emptied when memory is short.
    var plaintext: [UInt8]
    var copies: Int
    package internal(set) var attempts: [Attempt] = []
    package internal(set) var state = State.sending
    /// When it is tried again, while `waiting`.
    var nextAttempt: Int64?

    var json: JSONValue {
        var object: JSONObject = [
            "event_id": .string(eventID),
            "app_id": .string(appID),
            "event_type": .string(type),
            "state": .string(state.rawValue),
            "copies": .integer(Int64(copies)),
            "attempts": .array(
                attempts.suffix(100).map { attempt in
                    var object: JSONObject = [
                        "copy": .integer(Int64(attempt.copy)),
                        "repetition": .integer(Int64(attempt.repetition)),
                        "started": .integer(attempt.started),
                        "milliseconds": .integer(attempt.milliseconds),
                    ]
                    object["status"] = attempt.status.map { .integer(Int64($0)) }
                    object["failure"] = attempt.failure.map(JSONValue.string)
                    return .object(object)
                }
            ),
        ]
        object["message_id"] = messageID.map(JSONValue.string)
        object["next_attempt"] = nextAttempt.map(JSONValue.integer)
        return .object(object)
    }
}

/// The last deliveries, bounded in number and bytes.
struct DeliveryLog: Sendable {
    private var records: [String: DeliveryRecord] = [:]
    private var byMessage: [String: String] = [:]
    private var order = Ring<String>()
    private var bytes = 0
    private let bounds: MemoryBounds

    init(bounds: MemoryBounds) { self.bounds = bounds }

    var all: [DeliveryRecord] { order.elements.compactMap { records[$0] } }

    subscript(eventID: String) -> DeliveryRecord? {
        get { records[eventID] }
        set { if records[eventID] != nil { records[eventID] = newValue } }
    }

    func record(ofMessage id: String) -> DeliveryRecord? { byMessage[id].flatMap { records[$0] } }

    mutating func append(_ record: DeliveryRecord) {
        records[record.eventID] = record
        // Where several bots hear of one message, the first one's delivery stands for it.
        if let message = record.messageID, byMessage[message] == nil { byMessage[message] = record.eventID }
        order.append(record.eventID)
        bytes += record.plaintext.count
        while order.count > bounds.deliveries || (bytes > bounds.bytes && order.count > 1) {
            guard let oldest = order.popFirst(), let gone = records.removeValue(forKey: oldest) else { return }
            bytes -= gone.plaintext.count
            if let message = gone.messageID { byMessage[message] = nil }
        }
    }
}
