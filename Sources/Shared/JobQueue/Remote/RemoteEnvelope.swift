import JSON

/// The envelope around events, requests and replies (kombu.transport.virtual, `Channel.prepare_message`).
enum RemoteEnvelope {
    /// An envelope with its body as readable text, which every Celery reads (no `body_encoding`).
    ///
    /// - Parameters:
    ///   - body: JSON text.
    ///   - headers: The members of `headers`.
    ///   - exchange: The exchange that it goes to.
    ///   - routingKey: The routing key.
    /// - Returns: JSON text.
    static func write(_ body: [UInt8], headers: JSONObject, exchange: String, routingKey: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(body.count + body.count / 4 + 320)
        JSONText.append(#"{"body":""#, to: &output)
        JSONText.appendEscaped(body, to: &output)
        JSONText.append(#"","content-encoding":"utf-8","content-type":"application/json","headers":"#, to: &output)
        JSONValue.object(headers).write(into: &output)
        JSONText.append(#","properties":{"delivery_mode":1,"delivery_info":{"exchange":"#, to: &output)
        JSONText.appendQuoted(exchange, to: &output)
        JSONText.append(#","routing_key":"#, to: &output)
        JSONText.appendQuoted(routingKey, to: &output)
        JSONText.append(#"},"priority":0,"delivery_tag":""#, to: &output)
        RandomUUID.append(to: &output)
        JSONText.append(#""}}"#, to: &output)
        return output
    }

    /// The body and the headers of an envelope, be the body readable or base64; nil where it is none, and where it is
    /// longer than so many bytes.
    static func read(_ envelope: [UInt8], maximumBytes: Int) -> (body: JSONValue, headers: JSONObject)? {
        guard envelope.count <= maximumBytes,
            let value = try? JSONValue(parsing: envelope, maximumDepth: maximumDepth),
            let text = value["body"]?.string
        else { return nil }
        let body: [UInt8]
        switch value["properties"]?["body_encoding"]?.string {
        case nil, "utf-8": body = Array(text.utf8)
        case "base64":
            guard let decoded = Base64Body.decode(Array(text.utf8)) else { return nil }
            body = decoded
        default: return nil
        }
        guard let content = try? JSONValue(parsing: body, maximumDepth: maximumDepth) else { return nil }
        return (content, value["headers"]?.object ?? JSONObject())
    }

    private static let maximumDepth = 32
}
