import JSON

/// Every request of the bot to send something, with what came of it: the proof for "exactly once".
struct SendJournal: Sendable {
    /// What came of one request.
    enum Outcome: String { case sent, repeated, inFlight = "in_flight", refused }

    struct Entry {
        let at: Int64
        let uuid: String?
        let chatID: String?
        let parentID: String?
        let type: String
        let outcome: Outcome
        let messageID: String?
        let code: Int?
    }

    private var entries = Ring<Entry>()
    private(set) var totals: [Outcome: Int] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        totals[entry.outcome, default: 0] += 1
        if entries.count > limit { _ = entries.popFirst() }
    }

    /// Entries oldest first, totals, and for each uuid how many requests and how many messages there were.
    func report(chatID: String?) -> JSONValue {
        var byUUID: [String: (requests: Int, messages: Int)] = [:]
        var list: [JSONValue] = []
        for entry in entries.elements where chatID == nil || entry.chatID == chatID {
            var object: JSONObject = [
                "at": .integer(entry.at), "type": .string(entry.type), "outcome": .string(entry.outcome.rawValue),
            ]
            object["uuid"] = entry.uuid.map(JSONValue.string)
            object["chat_id"] = entry.chatID.map(JSONValue.string)
            object["parent_id"] = entry.parentID.map(JSONValue.string)
            object["message_id"] = entry.messageID.map(JSONValue.string)
            object["code"] = entry.code.map { .integer(Int64($0)) }
            list.append(.object(object))
            guard let uuid = entry.uuid else { continue }
            byUUID[uuid, default: (0, 0)].requests += 1
            if entry.outcome == .sent { byUUID[uuid, default: (0, 0)].messages += 1 }
        }
        var uuids: JSONObject = [:]
        for (uuid, counts) in byUUID.sorted(by: { $0.key < $1.key }) {
            uuids[uuid] = ["requests": .integer(Int64(counts.requests)), "messages": .integer(Int64(counts.messages))]
        }
        return ["totals": totalsJSON, "uuids": .object(uuids), "entries": .array(list)]
    }

    var totalsJSON: JSONValue {
        var object: JSONObject = [:]
        for outcome in [Outcome.sent, .repeated, .inFlight, .refused] {
            object[outcome.rawValue] = .integer(Int64(totals[outcome] ?? 0))
        }
        return .object(object)
    }
}
