import FoundationEssentials

/// Encodes typed values as JSON values.
///
/// As `JSONEncoder` does with its default strategies, but for these: `Date`, `UUID`, `Data` and `Decimal` are written as
/// Python's codec writes its own (`JSONTape+Wrapped` reads them), integers of 128 bits and `JSONValue` exactly, members in
/// their order, whole doubles with a fraction, and NaN and the infinities as Python's words.
package enum JSONTreeEncoder {
    /// The value.
    ///
    /// - Throws: `EncodingError` where it encodes nothing, or an object with exactly the members `__type__` and
    ///   `__value__`, which every reader in Python would take for something else; and what the type throws itself.
    package static func value<T: Encodable>(of value: T) throws -> JSONValue {
        try JSONNode(value, at: []).made(at: [])
    }
}

/// A value that is being encoded: containers fill it in any order.
private final class JSONNode {
    enum Content {
        case nothing
        case value(JSONValue)
        case array([JSONNode])
        case object([(key: String, node: JSONNode)])
    }

    var content = Content.nothing

    init(_ content: Content = .nothing) { self.content = content }

    /// The types that have a form of their own, or whatever the type itself makes of it.
    init<T: Encodable>(_ value: T, at path: [any CodingKey]) throws {
        if let simple = Self.simple(value) {
            content = .value(simple)
        } else {
            try value.encode(to: JSONNodeEncoder(node: self, codingPath: path))
        }
    }

    /// The finished value.
    func made(at path: [any CodingKey]) throws -> JSONValue {
        switch content {
        case .nothing:
            throw EncodingError.invalidValue(self, .init(codingPath: path, debugDescription: "encoded nothing."))
        case .value(let value): return value
        case .array(let nodes): return .array(try nodes.map { try $0.made(at: path) })
        case .object(let members):
            var object = JSONObject()
            for (key, node) in members { object.append(key: key, value: try node.made(at: path)) }
            guard members.count != 2 || Set(members.map(\.key)) != ["__type__", "__value__"] else {
                let text = "an object of `__type__` and `__value__` alone means something else to Python."
                throw EncodingError.invalidValue(object, .init(codingPath: path, debugDescription: text))
            }
            return .object(object)
        }
    }

    private static func simple<T: Encodable>(_ value: T) -> JSONValue? {
        // Where the type is known when this is compiled, one branch is left.
        func cast<Value>(_ type: Value.Type) -> Value {
            guard let value = value as? Value else { preconditionFailure("the types were compared") }
            return value
        }
        func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> JSONValue {
            let value = cast(type)
            return Int64(exactly: value).map { .integer($0) } ?? .number(String(value))
        }
        if T.self == String.self { return .string(cast(String.self)) }
        if T.self == Int.self { return integer(Int.self) }
        if T.self == Bool.self { return .bool(cast(Bool.self)) }
        if T.self == Double.self { return number(cast(Double.self)) }
        if T.self == Int64.self { return integer(Int64.self) }
        if T.self == Int32.self { return integer(Int32.self) }
        if T.self == Int16.self { return integer(Int16.self) }
        if T.self == Int8.self { return integer(Int8.self) }
        if T.self == UInt.self { return integer(UInt.self) }
        if T.self == UInt64.self { return integer(UInt64.self) }
        if T.self == UInt32.self { return integer(UInt32.self) }
        if T.self == UInt16.self { return integer(UInt16.self) }
        if T.self == UInt8.self { return integer(UInt8.self) }
        if T.self == Int128.self { return integer(Int128.self) }
        if T.self == UInt128.self { return integer(UInt128.self) }
        if T.self == Float.self { return number(Double(cast(Float.self).description) ?? .nan) }
        if T.self == JSONValue.self { return cast(JSONValue.self) }
        if T.self == Date.self { return wrapped("datetime", .string(text(of: cast(Date.self)))) }
        if T.self == UUID.self {
            let hex = cast(UUID.self).uuidString.lowercased().replacing("-", with: "")
            return wrapped("uuid", ["hex": .string(hex)])
        }
        if T.self == Data.self {
            let data = cast(Data.self)
            if let text = String(validating: data, as: UTF8.self) { return wrapped("bytes", .string(text)) }
            return wrapped("base64", .string(data.base64EncodedString()))
        }
        if T.self == Decimal.self { return wrapped("decimal", .string(cast(Decimal.self).description)) }
        if T.self == URL.self { return .string(cast(URL.self).absoluteString) }
        return nil
    }

    private static func wrapped(_ type: String, _ value: JSONValue) -> JSONValue {
        ["__type__": .string(type), "__value__": value]
    }

    private static func number(_ value: Double) -> JSONValue {
        if value.isFinite { return .double(value) }
        return .number(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }

    /// To the microsecond, which is what Python's dates hold.
    private static func text(of date: Date) -> String {
        let microseconds = (date.timeIntervalSince1970 * 1e6).rounded()
        // Beyond Python's years there is nothing that it could read.
        let bounded = Int64(min(max(microseconds, -62_135_596_800e6), 253_402_300_799e6))
        let (seconds, rest) = bounded.quotientAndRemainder(floor: 1_000_000)
        return ISODate(seconds: seconds, nanoseconds: rest * 1000).text
    }
}

/// The encoder of one node: also its container of a single value.
private struct JSONNodeEncoder: Encoder, SingleValueEncodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONNodeMembers<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONNodeElements(node: node, codingPath: codingPath) }
    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws { node.content = .value(.null) }
    func encode<T: Encodable>(_ value: T) throws { node.content = try JSONNode(value, at: codingPath).content }
    // Of these the standard library has defaults, which refuse and would come before the general form.
    func encode(_ value: Int128) throws { node.content = try JSONNode(value, at: codingPath).content }
    func encode(_ value: UInt128) throws { node.content = try JSONNode(value, at: codingPath).content }
}

/// The members of an object.
private struct JSONNodeMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let node: JSONNode
    let codingPath: [any CodingKey]

    init(node: JSONNode, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
        if case .object = node.content { return }
        node.content = .object([])
    }

    func encodeNil(forKey key: Key) throws { add(JSONNode(.value(.null)), key.stringValue) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        add(try JSONNode(value, at: codingPath + [key]), key.stringValue)
    }
    func encode(_ value: Int128, forKey key: Key) throws { add(try JSONNode(value, at: []), key.stringValue) }
    func encode(_ value: UInt128, forKey key: Key) throws { add(try JSONNode(value, at: []), key.stringValue) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { encoder("super") }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key.stringValue) }

    private func encoder(_ key: String) -> JSONNodeEncoder {
        let child = JSONNode()
        add(child, key)
        return JSONNodeEncoder(node: child, codingPath: codingPath + [JSONPathKey(stringValue: key)])
    }

    private func add(_ child: JSONNode, _ key: String) {
        guard case .object(var members) = node.content else { preconditionFailure("it is an object") }
        node.content = .nothing  // So that the members are not copied.
        members.append((key, child))
        node.content = .object(members)
    }
}

/// The elements of an array.
private struct JSONNodeElements: UnkeyedEncodingContainer {
    private let node: JSONNode
    let codingPath: [any CodingKey]

    init(node: JSONNode, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
        if case .array = node.content { return }
        node.content = .array([])
    }

    var count: Int {
        if case .array(let nodes) = node.content { nodes.count } else { 0 }
    }

    func encodeNil() throws { add(JSONNode(.value(.null))) }
    func encode<T: Encodable>(_ value: T) throws { add(try JSONNode(value, at: path)) }
    func encode(_ value: Int128) throws { add(try JSONNode(value, at: path)) }
    func encode(_ value: UInt128) throws { add(try JSONNode(value, at: path)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }

    private var path: [any CodingKey] { codingPath + [JSONPathKey(intValue: count)] }

    private func encoder() -> JSONNodeEncoder {
        let child = JSONNode()
        let path = path
        add(child)
        return JSONNodeEncoder(node: child, codingPath: path)
    }

    private func add(_ child: JSONNode) {
        guard case .array(var nodes) = node.content else { preconditionFailure("it is an array") }
        node.content = .nothing  // So that the elements are not copied.
        nodes.append(child)
        node.content = .array(nodes)
    }
}
