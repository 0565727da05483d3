import JSON

/// The results of a chord's header where they are encrypted. The script that calls the body cannot read them: they stand
/// in a header of the body's message, beside its encrypted body, and the worker that runs it puts them in front of
/// its arguments.
///
/// Each is the sealed result with a member more, `task`, since it is bound to the task that it is of.
enum SealedResults {
    /// The header: a list, as Celery would pass it.
    static let header = "sealed_results"
    private static let mark = Array("\"sealed_results\":".utf8)

    /// What stands for the result of a part.
    static func part(_ result: [UInt8], of id: TaskID, _ payload: (any PayloadCoding)?) -> [UInt8] {
        guard let sealed = payload?.seal(result, .result, of: id),
            var object = (try? JSONValue(parsing: sealed))?.object
        else { return result }
        object["task"] = .string(id.rawValue)
        return JSONValue.object(object).bytes
    }

    /// The body with the results in front of its arguments; as it is where the message has none.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - body: What its body is, decrypted.
    ///   - payload: What opens results.
    /// - Returns: The body to be run.
    /// - Throws: Why a result cannot be opened.
    static func completed(
        _ message: TaskMessage,
        _ body: [UInt8],
        with payload: any PayloadCoding
    ) throws -> [UInt8] {
        guard message.raw.firstRange(of: mark) != nil,
            let results = try JSONValue(parsing: message.raw)["headers"]?[header]?.array,
            var parts = try JSONValue(parsing: body, maximumDepth: 512).array, parts.count == 3,
            let arguments = parts[0].array
        else { return body }
        parts[0] = .array([try opened(.array(results), payload)] + arguments)
        return JSONValue.array(parts).bytes
    }

    private static func opened(_ value: JSONValue, _ payload: any PayloadCoding) throws -> JSONValue {
        switch value {
        case .array(let values): return .array(try values.map { try opened($0, payload) })
        case .object(var object):
            guard let id = object["task"]?.string else { return value }
            object["task"] = nil
            let text = try payload.open(JSONValue.object(object).bytes, .result, of: TaskID(id))
            return try JSONValue(parsing: text, maximumDepth: 512)
        default: return value
        }
    }
}
