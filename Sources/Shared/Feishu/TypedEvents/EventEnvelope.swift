package import JSON

/// What every event says of itself, in whichever schema it came.
package struct EventEnvelope: Sendable, Equatable {
    /// Such as `im.message.recalled_v1`; of the old card callback, which has none, Feishu's name for it.
    package let type: String
    /// The company it happened in.
    package let tenantKey: String?
    /// When, in milliseconds since 1970.
    package let createdAt: Int64?
    /// What stands under `event`; of the old card callback, all of it.
    let event: JSONValue

    /// Reads the whole delivered JSON. Nil for what is no event.
    package init?(_ json: JSONValue) {
        if let header = json["header"], let type = header["event_type"]?.nonEmpty {
            self.type = type
            event = json["event"] ?? .null
            createdAt = header["create_time"]?.digits.flatMap(EventTime.milliseconds)
            tenantKey = header["tenant_key"]?.nonEmpty ?? event["tenant_key"]?.nonEmpty
        } else if let inner = json["event"], let type = inner["type"]?.nonEmpty {
            self.type = type
            event = inner
            createdAt = json["ts"]?.digits.flatMap(EventTime.milliseconds)
            tenantKey = inner["tenant_key"]?.nonEmpty
        } else if json["action"]?.object != nil, json["open_message_id"]?.nonEmpty != nil {
            type = EventType.oldCardAction
            event = json
            createdAt = nil
            tenantKey = json["tenant_key"]?.nonEmpty
        } else {
            return nil
        }
    }
}

extension JSONValue {
    /// A number's digits, be it written as a number or as a string.
    var digits: String? { nonEmpty ?? integer.map { String($0) } }
}
