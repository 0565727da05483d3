import JSON

/// Celery's message protocol 1 (celery.app.amqp, `as_task_v1`): the body is an object that holds everything. Only very
/// old clients send it, and those with `task_protocol = 1`.
enum ProtocolOne {
    /// The message in the form of protocol 2, with its body as readable text; all other members of the envelope as they
    /// were. Nil where it is no message of protocol 1.
    static func rewritten(_ raw: [UInt8]) -> [UInt8]? {
        guard var envelope = (try? CeleryJSON.parse(raw))?.object, envelope["content-type"] == "application/json" else {
            return nil
        }
        var headers = envelope["headers"]?.object ?? JSONObject()
        guard headers["task"] == nil, let text = envelope["body"]?.string,
            let body = body(text, envelope["properties"], compression: headers["compression"]?.string),
            let name = body["task"]?.string, let id = body["id"]?.string, !id.isEmpty,
            let arguments = body["args"], arguments.array != nil, let named = body["kwargs"], named.object != nil
        else { return nil }
        headers["compression"] = nil
        headers["lang"] = "py"
        headers["task"] = .string(name)
        headers["id"] = .string(id)
        headers["root_id"] = .string(id)
        headers["group"] = body["taskset"]?.isNull == false ? body["taskset"] : body["group"]
        for member in ["eta", "expires", "group_index", "retries", "timelimit"] { headers[member] = body[member] }
        let embed: JSONValue = [
            "callbacks": body["callbacks"] ?? .null, "errbacks": body["errbacks"] ?? .null,
            "chain": body["chain"] ?? .null, "chord": body["chord"] ?? .null,
        ]
        envelope["headers"] = .object(headers)
        envelope["body"] = .string(JSONValue.array([arguments, named, embed]).text)
        if var properties = envelope["properties"]?.object {
            properties["body_encoding"] = nil
            envelope["properties"] = .object(properties)
        }
        return JSONValue.object(envelope).bytes
    }

    private static func body(_ text: String, _ properties: JSONValue?, compression: String?) -> JSONObject? {
        var bytes: [UInt8]? = Array(text.utf8)
        if properties?["body_encoding"] == "base64" { bytes = Base64Body.decode(Array(text.utf8)) }
        if let compression, let compressed = bytes { bytes = try? BodyCompression.undo(compression, compressed) }
        return bytes.flatMap { try? CeleryJSON.parse($0) }?.object
    }
}

extension Settlement {
    /// To the front of its queue again, in another form. It is not run before that, so that all that is known of a task
    /// by its message, such as how many workers died of it, is known of this one, too.
    static func rewritten(_ delivery: Delivery, as message: [UInt8]) -> Settlement {
        var settlement = Settlement(tag: delivery.tag, action: .later)
        // Due before everything else: the step that takes it also moves it to the front.
        settlement.due = WireTime(milliseconds: 0)
        settlement.payload = message
        return settlement
    }
}
