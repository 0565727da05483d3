import JSON

/// A message of JSON-RPC 2.0 as the Model Context Protocol uses it.
enum RPCMessage: Equatable {
    /// The answer to the request with this number.
    case response(Int64, Result<JSONObject, RPCFailure>)
    /// The server asks us something.
    case request(id: JSONValue, method: String)
    case notification(method: String)

    /// An error object.
    struct RPCFailure: Error, Equatable {
        let code: Int64
    }

    /// Reads one message; nil for what is none. A batch, which older versions allowed, is several.
    static func parse(_ bytes: [UInt8]) -> [RPCMessage]? {
        guard let value = try? JSONValue(parsing: bytes, maximumDepth: 100) else { return nil }
        let values = value.array ?? [value]
        let messages = values.compactMap(Self.init(reading:))
        return messages.count == values.count ? messages : nil
    }

    private init?(reading value: JSONValue) {
        guard case .object(let object) = value, object["jsonrpc"]?.string == "2.0" else { return nil }
        if let method = object["method"]?.string {
            self = object["id"].map { .request(id: $0, method: method) } ?? .notification(method: method)
            return
        }
        guard let id = object["id"]?.integer else {
            // An error that could not be tied to a request has the id null.
            guard object["error"] != nil else { return nil }
            self = .notification(method: "error")
            return
        }
        if let error = object["error"] {
            self = .response(id, .failure(RPCFailure(code: error["code"]?.integer ?? 0)))
        } else if let result = object["result"]?.object {
            self = .response(id, .success(result))
        } else {
            return nil
        }
    }

    // MARK: What we send

    static func request(_ id: Int64, _ method: String, _ params: JSONObject?) -> [UInt8] {
        var object: JSONObject = ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method)]
        if let params { object["params"] = .object(params) }
        return JSONValue.object(object).bytes
    }

    static func notification(_ method: String, _ params: JSONObject? = nil) -> [UInt8] {
        var object: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        if let params { object["params"] = .object(params) }
        return JSONValue.object(object).bytes
    }

    /// Our answer to what a server asks: `ping` gets an empty result, all else is not offered (-32601).
    static func answer(to id: JSONValue, method: String) -> [UInt8] {
        var object: JSONObject = ["jsonrpc": "2.0", "id": id]
        if method == "ping" {
            object["result"] = [:]
        } else {
            object["error"] = ["code": -32601, "message": "Method not found"]
        }
        return JSONValue.object(object).bytes
    }
}
