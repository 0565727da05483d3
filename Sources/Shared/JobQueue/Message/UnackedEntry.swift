import JSON

/// A message that a Python worker took and has not acknowledged, as kombu keeps it: the array
/// `[message, exchange, routing key]` (kombu.transport.redis, `QoS.append`).
struct UnackedEntry {
    /// Empty for the default exchange, where the routing key is the queue's name.
    let exchange: String
    let routingKey: String
    private let message: JSONObject

    /// Nil for what kombu cannot have written.
    init?(reading bytes: [UInt8]) {
        guard let parts = (try? JSONValue(parsing: bytes))?.array, parts.count == 3,
            let message = parts[0].object, let exchange = parts[1].string, let routingKey = parts[2].string
        else { return nil }
        self.message = message
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// The message as it goes back: told to be delivered again, all else as it was (kombu.transport.virtual,
    /// `Channel._restore`).
    var redelivered: [UInt8] {
        var message = message
        if var headers = message["headers"]?.object {
            headers["redelivered"] = true
            message["headers"] = .object(headers)
        }
        if var properties = message["properties"]?.object, var info = properties["delivery_info"]?.object {
            info["redelivered"] = true
            properties["delivery_info"] = .object(info)
            message["properties"] = .object(properties)
        }
        return JSONValue.object(message).bytes
    }

    /// The list of a queue that has the message's priority.
    func list(of queue: QueueKeys) -> String {
        let priority = message["properties"]?["priority"]?.integer ?? 0
        guard priority >= 3 else { return queue.ready }
        return queue.byPriority[Int(min(priority / 3, 3)) - 1]
    }
}
