import JSON

/// A queue as `active_queues` tells of it (kombu.entity, `Queue.as_dict`): a plain one, durable, of a direct exchange of
/// its own name.
enum QueueDescription {
    static func of(_ queue: QueueName) -> JSONValue {
        let name = JSONValue.string(queue.rawValue)
        return [
            "name": name,
            "exchange": [
                "name": name, "type": "direct", "arguments": nil, "durable": true, "passive": false,
                "auto_delete": false, "delivery_mode": nil, "no_declare": false,
            ],
            "routing_key": name, "queue_arguments": nil, "binding_arguments": nil, "consumer_arguments": nil,
            "durable": true, "exclusive": false, "auto_delete": false, "no_ack": false, "alias": nil, "bindings": [],
            "no_declare": nil, "expires": nil, "message_ttl": nil, "max_length": nil, "max_length_bytes": nil,
            "max_priority": nil,
        ]
    }
}
