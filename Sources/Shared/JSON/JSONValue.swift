/// Any JSON value, with its members in order and its integers exact.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    /// A number beyond these, as written: an integer beyond 64 bits; where they are allowed `NaN` and `Infinity`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Parses one JSON text (UTF-8), with nothing but blanks around it, nested at most `maximumDepth` deep.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - maximumDepth: How deep arrays and objects may be nested.
    ///   - allowsNonFinite: Whether the words `NaN`, `Infinity` and `-Infinity` are numbers, as in what Python writes.
    /// - Throws: `JSONError` where it is no such text.
    public init(
        parsing bytes: [UInt8],
        maximumDepth: Int = 128,
        allowsNonFinite: Bool = false
    ) throws(JSONError) {
        var result: Result<JSONValue, JSONError> = .failure(JSONError(.truncated, at: 0))
        bytes.withUnsafeBytes { raw in
            var scanner = JSONScanner(raw, maximumDepth: maximumDepth, allowsNonFinite: allowsNonFinite)
            do throws(JSONError) {
                let value = try scanner.value()
                try scanner.end()
                result = .success(value)
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// Parses one JSON text.
    public init(parsing text: String, maximumDepth: Int = 128) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// The member `key` of an object; nil where there is none or this is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { self == .null }

    /// The number as a double, be it written as an integer or not.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .number(let text): Double(text)
        default: nil
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
