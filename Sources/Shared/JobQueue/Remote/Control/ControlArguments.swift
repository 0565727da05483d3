import JSON

/// The keyword arguments of one request, taken as Python takes them.
struct ControlArguments {
    let method: String
    let values: JSONObject

    /// An argument that is there and not null.
    subscript(name: String) -> JSONValue? {
        guard let value = values[name], !value.isNull else { return nil }
        return value
    }

    /// - Throws: `ControlError` where it is not there.
    func required(_ name: String) throws(ControlError) -> JSONValue {
        guard let value = values[name] else { throw .missing(name, of: method) }
        return value
    }

    /// A text.
    ///
    /// - Throws: `ControlError` where it is none, or not there.
    func text(_ name: String) throws(ControlError) -> String {
        guard let text = try required(name).string else { throw .wrongType(name, of: method) }
        return text
    }

    /// One text or several, each once and in their order.
    ///
    /// - Throws: `ControlError` where it is something else, or not there.
    func texts(_ name: String) throws(ControlError) -> [String] {
        let value = try required(name)
        if value.isNull { return [] }
        if let text = value.string { return [text] }
        guard let values = value.array else { throw .wrongType(name, of: method) }
        var seen: Set<String> = []
        var texts: [String] = []
        for value in values {
            guard let text = value.string else { throw .wrongType(name, of: method) }
            if seen.insert(text).inserted { texts.append(text) }
        }
        return texts
    }

    /// What Python takes as true.
    func isTrue(_ name: String) -> Bool {
        switch values[name] {
        case nil, .null, .bool(false), .integer(0), .string(""), .array([]): false
        default: true
        }
    }

    /// Refuses what a method without `**kwargs` does not know.
    ///
    /// - Throws: `ControlError` naming the first.
    func only(_ names: String...) throws(ControlError) {
        for member in values.members where !names.contains(member.key) {
            throw .unexpected(member.key, of: method)
        }
    }
}

/// Why a request fails, as the `repr` of Python's exception: what the client is answered.
struct ControlError: Error, Equatable {
    let text: String

    /// The longest name that is repeated to who sent it, in characters.
    private static let maximumLength = 200

    static func unknownMethod(_ method: String) -> ControlError {
        ControlError(text: PythonRepr.ofException("KeyError", method, maximum: maximumLength))
    }

    static func missing(_ name: String, of method: String) -> ControlError {
        typeError("\(method)() missing 1 required positional argument: '\(name)'")
    }

    static func unexpected(_ name: String, of method: String) -> ControlError {
        typeError("\(method)() got an unexpected keyword argument '\(name.prefix(maximumLength))'")
    }

    static func wrongType(_ name: String, of method: String) -> ControlError {
        typeError("\(method)() got a value of the wrong type for '\(name)'")
    }

    static func typeError(_ text: String) -> ControlError {
        ControlError(text: PythonRepr.ofException("TypeError", text))
    }

    static func valueError(_ text: String) -> ControlError {
        ControlError(text: PythonRepr.ofException("ValueError", text))
    }
}
