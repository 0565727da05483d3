/// The decoder of one value of a text: also the container of a single value.
struct JSONTapeDecoder: Decoder, SingleValueDecodingContainer {
    let tape: JSONTape
    /// The entry of the value, or of the object that has no such member.
    let index: Int
    /// Whether the value is missing where null is as good.
    var isMissing = false

    var codingPath: [any CodingKey] { tape.path(to: index) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try JSONMembers(tape: tape, index: try found([String: Any].self)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try JSONElements(tape: tape, index: try found([Any].self))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { isMissing || tape.isNull(at: index) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try tape.value(type, at: try found(type)) }
    // Of these the standard library has defaults, which refuse and would come before the general form.
    func decode(_ type: Int128.Type) throws -> Int128 { try tape.value(type, at: try found(type)) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try tape.value(type, at: try found(type)) }

    private func found(_ type: any Any.Type) throws -> Int {
        guard !isMissing else {
            throw DecodingError.valueNotFound(type, .init(codingPath: codingPath, debugDescription: "found nothing."))
        }
        return index
    }
}

/// The members of an object by key. Of equal keys the first counts, as with `JSONDecoder`.
struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let tape: JSONTape
    private let index: Int
    /// Where the values are; nil for few members with plain keys, which are compared one after the other.
    private let places: [String: Int]?
    private static var few: Int { 16 }

    init(tape: JSONTape, index: Int) throws {
        let entry = tape.entries[index]
        guard entry.kind.isObject else { throw tape.mismatch([String: Any].self, at: index) }
        self.tape = tape
        self.index = index
        guard entry.kind == .object || entry.lower > Self.few else {
            places = nil
            return
        }
        var places: [String: Int] = [:]
        places.reserveCapacity(entry.lower)
        var key = index + 1
        while key < entry.upper {
            let name = try tape.string(at: key)
            if places[name] == nil { places[name] = key + 1 }
            key = tape.end(of: key + 1)
        }
        self.places = places
    }

    var codingPath: [any CodingKey] { tape.path(to: index) }

    var allKeys: [Key] {
        var keys: [Key] = []
        var key = index + 1
        while key < tape.entries[index].upper {
            // Every key was read already, or is plain.
            if let name = try? tape.string(at: key), place(of: name) == key + 1, let found = Key(stringValue: name) {
                keys.append(found)
            }
            key = tape.end(of: key + 1)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { place(of: key.stringValue) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { tape.isNull(at: try found(key)) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try tape.value(type, at: try found(key)) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try tape.value(type, at: try found(key)) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try tape.value(type, at: try found(key)) }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let place = place(of: key.stringValue), !tape.isNull(at: place) else { return nil }
        return try tape.value(type, at: place)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONTapeDecoder(tape: tape, index: try found(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONTapeDecoder(tape: tape, index: try found(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder(of: "super") }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder(of: key.stringValue) }

    private func decoder(of name: String) -> JSONTapeDecoder {
        guard let place = place(of: name) else { return JSONTapeDecoder(tape: tape, index: index, isMissing: true) }
        return JSONTapeDecoder(tape: tape, index: place)
    }

    private func found(_ key: Key) throws -> Int {
        if let place = place(of: key.stringValue) { return place }
        throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such member."))
    }

    private func place(of name: String) -> Int? {
        if let places { return places[name] }
        var name = name
        return name.withUTF8 { name in
            tape.bytes.withUnsafeBytes { bytes in
                let end = tape.entries[index].upper
                var key = index + 1
                while key < end {
                    let entry = tape.entries[key]
                    let isName =
                        entry.upper - entry.lower == name.count && JSONScanner(bytes).isText(name, at: entry.lower)
                    if isName { return key + 1 }
                    key = tape.end(of: key + 1)
                }
                return nil
            }
        }
    }
}

/// The elements of an array in their order.
struct JSONElements: UnkeyedDecodingContainer {
    private let tape: JSONTape
    private let index: Int
    /// The entry of the next element.
    private var next: Int
    private(set) var currentIndex = 0

    init(tape: JSONTape, index: Int) throws {
        guard tape.entries[index].kind == .array else { throw tape.mismatch([Any].self, at: index) }
        self.tape = tape
        self.index = index
        next = index + 1
    }

    var codingPath: [any CodingKey] { tape.path(to: index) }
    var count: Int? { tape.entries[index].lower }
    var isAtEnd: Bool { next == tape.entries[index].upper }

    mutating func decodeNil() throws -> Bool {
        let isNull = tape.isNull(at: try found(Never.self))
        if isNull { advance() }
        return isNull
    }

    mutating func decode(_ type: Int128.Type) throws -> Int128 { try next(type) }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try next(type) }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next(type) }

    private mutating func next<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try tape.value(type, at: try found(type))
        advance()
        return value
    }

    mutating func decodeIfPresent<T: Decodable>(_ type: T.Type) throws -> T? {
        if isAtEnd { return nil }
        let value = tape.isNull(at: next) ? nil : try tape.value(type, at: next)
        advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try JSONTapeDecoder(tape: tape, index: try found([String: Any].self)).container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try JSONTapeDecoder(tape: tape, index: try found([Any].self)).unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = JSONTapeDecoder(tape: tape, index: try found((any Decoder).self))
        advance()
        return decoder
    }

    private mutating func advance() {
        next = tape.end(of: next)
        currentIndex += 1
    }

    private func found(_ type: any Any.Type) throws -> Int {
        guard !isAtEnd else {
            let path = codingPath + [JSONPathKey(intValue: currentIndex)]
            throw DecodingError.valueNotFound(
                type,
                .init(codingPath: path, debugDescription: "the array is at its end.")
            )
        }
        return next
    }
}
