import JSON

/// What is shown of a task's name and arguments: as its producer wrote them for that (headers `shadow`, `argsrepr`,
/// `kwargsrepr`), and only where there is no such header from a readable body.
struct ShownArguments {
    /// Nil where it is the task's own.
    private(set) var name: String?
    private(set) var arguments: String
    private(set) var keywordArguments: String

    private static let maximumLength = PythonRepr.maximumLength

    init(of message: TaskMessage) {
        var headers = Headers()
        headers.read(message.raw)
        name = headers.shadow.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.maximumLength)) }
        if let arguments = headers.arguments, let keywordArguments = headers.keywordArguments {
            self.arguments = Self.cut(arguments)
            self.keywordArguments = Self.cut(keywordArguments)
        } else {
            let (arguments, keywordArguments) = message.readableArguments
            self.arguments = arguments.map { PythonRepr.ofTuple($0) } ?? "…"
            self.keywordArguments = keywordArguments.map { PythonRepr.of(.object($0)) } ?? "…"
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= maximumLength ? text : text.prefix(maximumLength) + "..."
    }

    /// The headers of the message that are for this, found without making the others.
    private struct Headers {
        var shadow: String?
        var arguments: String?
        var keywordArguments: String?

        mutating func read(_ raw: [UInt8]) {
            raw.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                // It was read before: nothing can be wrong with it.
                try? readEnvelope(&scanner)
            }
        }

        private mutating func readEnvelope(_ scanner: inout JSONScanner) throws(JSONError) {
            try scanner.object { (key, scanner) throws(JSONError) in
                guard scanner.matches(key, "headers"), scanner.peek() == UInt8(ascii: "{") else {
                    try scanner.skip()
                    return
                }
                try scanner.object { (key, scanner) throws(JSONError) in
                    if scanner.matches(key, "shadow") {
                        shadow = try scanner.optionalString()
                    } else if scanner.matches(key, "argsrepr") {
                        arguments = try scanner.optionalString()
                    } else if scanner.matches(key, "kwargsrepr") {
                        keywordArguments = try scanner.optionalString()
                    } else {
                        try scanner.skip()
                    }
                }
            }
        }
    }
}

extension TaskMessage {
    /// The arguments of a body that is plain text; nil where it is in another form, or where they are long.
    var readableArguments: (arguments: [JSONValue]?, keywordArguments: JSONObject?) {
        func value(_ range: Range<Int>) -> JSONValue? {
            guard otherForm == nil, range.upperBound <= body.count, range.count <= 64 << 10 else { return nil }
            return try? CeleryJSON.parse(Array(body[range]))
        }
        return (value(arguments)?.array, value(keywordArguments)?.object)
    }
}
