import JSON

/// Binds a message's positional and keyword arguments to a job's named ones, as Python does.
enum ArgumentBinding {
    enum Mismatch: Error, Equatable, CustomStringConvertible {
        case tooMany(given: Int, expected: Int)
        case twice(String)

        var description: String {
            switch self {
            case .tooMany(let given, let expected): "takes \(expected) positional arguments but \(given) were given"
            case .twice(let name): "got multiple values for argument `\(name)`"
            }
        }
    }

    static func decode<Arguments: Decodable>(
        _ type: Arguments.Type,
        from message: TaskMessage,
        parameters: [String]
    ) throws -> Arguments {
        if let none = NoArguments() as? Arguments, message.hasNoArguments, message.keywordArguments.count <= 2 {
            return none
        }
        if message.hasNoArguments {
            return try CeleryJSON.decode(type, from: message.body, in: message.keywordArguments)
        }
        let named = try named(
            Array(message.body[message.arguments]),
            Array(message.body[message.keywordArguments]),
            by: parameters
        )
        return try CeleryJSON.decode(type, from: named)
    }

    /// Positional and keyword arguments, JSON both, as keyword arguments.
    ///
    /// - Throws: `Mismatch`; `JSONError` for what is no JSON.
    static func named(_ positional: [UInt8], _ keywords: [UInt8], by parameters: [String]) throws -> [UInt8] {
        let positional = try CeleryJSON.parse(positional).array ?? []
        var named = try CeleryJSON.parse(keywords).object ?? JSONObject()
        guard positional.count <= parameters.count else {
            throw Mismatch.tooMany(given: positional.count, expected: parameters.count)
        }
        for (name, value) in zip(parameters, positional) {
            guard named[name] == nil else { throw Mismatch.twice(name) }
            named[name] = value
        }
        return JSONValue.object(named).bytes
    }
}
