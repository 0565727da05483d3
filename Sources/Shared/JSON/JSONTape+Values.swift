import FoundationEssentials

/// Single values, with the rules of `JSONDecoder`'s defaults. What is rare is left to `JSONDecoder` itself.
extension JSONTape {
    /// The value at `index`; the types that have a form of their own in JSON are read here.
    func value<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
        // Where the type is known when this is compiled, one branch is left.
        if type == String.self { return same(try string(at: index)) }
        if type == Int.self { return same(try integer(Int.self, at: index)) }
        if type == Bool.self { return same(try bool(at: index)) }
        if type == Double.self { return same(try float(Double.self, at: index)) }
        if type == Int64.self { return same(try integer(Int64.self, at: index)) }
        if type == Int32.self { return same(try integer(Int32.self, at: index)) }
        if type == Int16.self { return same(try integer(Int16.self, at: index)) }
        if type == Int8.self { return same(try integer(Int8.self, at: index)) }
        if type == UInt.self { return same(try integer(UInt.self, at: index)) }
        if type == UInt64.self { return same(try integer(UInt64.self, at: index)) }
        if type == UInt32.self { return same(try integer(UInt32.self, at: index)) }
        if type == UInt16.self { return same(try integer(UInt16.self, at: index)) }
        if type == UInt8.self { return same(try integer(UInt8.self, at: index)) }
        if type == Int128.self { return same(try integer(Int128.self, at: index)) }
        if type == UInt128.self { return same(try integer(UInt128.self, at: index)) }
        if type == Float.self { return same(try float(Float.self, at: index)) }
        if type == JSONValue.self { return same(try jsonValue(at: index)) }
        if type == Date.self {
            if isNull(at: index) { throw mismatch(type, at: index) }
            if let date = date(at: index) { return same(date) }
        }
        if type == UUID.self, let uuid = uuid(at: index) { return same(uuid) }
        if type == [UInt8].self, let bytes = wrappedBytes(at: index) { return same(bytes) }
        if type == Data.self { return same(try data(at: index)) }
        if type == URL.self { return same(try url(at: index)) }
        if type == Decimal.self { return same(try decimal(at: index)) }
        return try T(from: JSONTapeDecoder(tape: self, index: index))
    }

    /// A value as the type that it was found to have.
    @inline(__always)
    private func same<Value, T>(_ value: Value) -> T {
        guard let value = value as? T else { preconditionFailure("the types were compared") }
        return value
    }

    func isNull(at index: Int) -> Bool { entries[index].kind == .null }

    /// The string at `index`, be it a value or a key. Where it stands for a type of its own, null is none of those.
    func string(at index: Int, for type: any Any.Type = String.self) throws -> String {
        let entry = entries[index]
        if type == String.self, let text = wrappedText(at: index) { return text }
        guard entry.kind.isString else { throw mismatch(entry.kind == .null ? type : String.self, at: index) }
        return try bytes.withUnsafeBytes { bytes in
            guard entry.kind == .escapedString else {
                return String(decoding: bytes[entry.lower..<entry.upper], as: UTF8.self)
            }
            let slice = JSONStringSlice(range: entry.lower..<entry.upper, hasEscapes: true)
            let scanner = JSONScanner(bytes)
            guard !scanner.hasLoneSurrogate(slice) else {
                throw DecodingError.unreadable(JSONError(.malformed, at: entry.lower))
            }
            return scanner.text(of: slice)
        }
    }

    private func bool(at index: Int) throws -> Bool {
        switch entries[index].kind {
        case .true: return true
        case .false: return false
        default: throw mismatch(Bool.self, at: index, allowsNull: true)
        }
    }

    private func integer<T: FixedWidthInteger & Decodable>(_ type: T.Type, at index: Int) throws -> T {
        let entry = entries[index]
        guard entry.kind == .integer || entry.kind == .number else { throw mismatch(type, at: index) }
        if entry.kind == .integer, let value = int64(entry), let exact = T(exactly: value) { return exact }
        return try rare(type, entry)
    }

    private func float<T: BinaryFloatingPoint & LosslessStringConvertible & Decodable>(
        _ type: T.Type,
        at index: Int
    ) throws -> T {
        let entry = entries[index]
        guard entry.kind == .integer || entry.kind == .number else { throw mismatch(type, at: index) }
        // Both round to the nearest. Zero may have a sign.
        if entry.kind == .integer, let value = int64(entry), value != 0 { return T(value) }
        let digits = bytes[entry.lower..<entry.upper]
        let value = T(String(decoding: digits, as: UTF8.self))
        // What is too small for the type becomes zero, too.
        func isZero() -> Bool { digits.allSatisfy { !(49...57).contains($0) && $0 | 0x20 != UInt8(ascii: "e") } }
        if let value, value.isFinite, value != 0 || isZero() { return value }
        // One of Python's words, where these were allowed as the text was scanned.
        if let value, digits.last.map({ $0 >= UInt8(ascii: "A") }) == true { return value }
        return try rare(type, entry)
    }

    private func int64(_ entry: Entry) -> Int64? {
        bytes.withUnsafeBytes { JSONScanner.int64($0[entry.lower..<entry.upper]) }
    }

    private func data(at index: Int) throws -> Data {
        if let bytes = wrappedBytes(at: index) { return Data(bytes) }
        guard let data = Data(base64Encoded: try string(at: index, for: Data.self)) else {
            throw corrupted("Encountered Data is not valid Base64.", at: index)
        }
        return data
    }

    private func url(at index: Int) throws -> URL {
        let text = try string(at: index, for: URL.self)
        guard let url = URL(string: text) else { throw corrupted("Invalid URL string.", at: index) }
        return url
    }

    private func decimal(at index: Int) throws -> Decimal {
        let entry = entries[index]
        if let text = wrappedText(at: index, "decimal"), let value = Decimal(string: text) { return value }
        guard entry.kind == .integer || entry.kind == .number else { throw mismatch(Decimal.self, at: index) }
        return try rare(Decimal.self, entry)
    }

    /// A number that takes care: `34.0` as an integer, what is too large or too small, decimals.
    private func rare<T: Decodable>(_ type: T.Type, _ entry: Entry) throws -> T {
        try JSONDecoder().decode(type, from: Data(bytes[entry.lower..<entry.upper]))
    }
}

// MARK: Errors

extension JSONTape {
    /// That another type is at `index` than was asked for.
    func mismatch(_ type: any Any.Type, at index: Int, allowsNull: Bool = false) -> DecodingError {
        let kind = entries[index].kind
        if kind == .null, !allowsNull {
            return .valueNotFound(type, .init(codingPath: path(to: index), debugDescription: "found null instead."))
        }
        return .typeMismatch(type, .init(codingPath: path(to: index), debugDescription: "found \(kind.noun) instead."))
    }

    private func corrupted(_ description: String, at index: Int) -> DecodingError {
        .dataCorrupted(.init(codingPath: path(to: index), debugDescription: description))
    }

    /// The keys and indices that lead to a value. Looked for only where somebody asks, so nothing keeps track of them.
    func path(to target: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var container = 0
        while container < target {
            var (child, position) = (container + 1, 0)
            let isObject = entries[container].kind.isObject
            if isObject { child += 1 }
            while end(of: child) <= target {
                child = end(of: child) + (isObject ? 1 : 0)
                position += 1
            }
            let name = isObject ? try? string(at: child - 1) : nil
            path.append(JSONPathKey(stringValue: name ?? "Index \(position)", intValue: isObject ? nil : position))
            container = child
        }
        return path
    }
}

/// A step of a coding path.
struct JSONPathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String, intValue: Int?) {
        self.stringValue = stringValue
        self.intValue = intValue
    }

    init(stringValue: String) { self.init(stringValue: stringValue, intValue: nil) }
    init(intValue: Int) { self.init(stringValue: "Index \(intValue)", intValue: intValue) }
}

extension DecodingError {
    fileprivate static func unreadable(_ error: JSONError) -> DecodingError {
        let text = "The given data was not valid JSON."
        return .dataCorrupted(.init(codingPath: [], debugDescription: text, underlyingError: error))
    }
}

extension JSONTape {
    /// Decodes a typed value from the JSON text that is this part of `bytes`.
    ///
    /// As `JSONDecoder` does with its default strategies, only faster, and with the keys of an object in their order.
    /// Stricter in one thing: a text with an error anywhere is refused, also where nobody reads. Looser in one: what
    /// Python's codec wraps is read by the types that stand for it (`JSONTape+Wrapped`).
    ///
    /// - Parameters:
    ///   - type: What to decode.
    ///   - bytes: What holds the text.
    ///   - range: Where it stands there.
    ///   - allowsNonFinite: Whether the words `NaN`, `Infinity` and `-Infinity` are numbers, as in what Python writes.
    /// - Returns: The value.
    /// - Throws: `DecodingError`, and what the type throws itself.
    package static func decode<T: Decodable>(
        _ type: T.Type,
        from bytes: [UInt8],
        in range: Range<Int>,
        allowsNonFinite: Bool = false
    ) throws -> T {
        let tape: JSONTape
        do throws(JSONError) {
            tape = try JSONTape(scanning: bytes, in: range, allowsNonFinite: allowsNonFinite)
        } catch {
            throw DecodingError.unreadable(error)
        }
        return try tape.value(type, at: 0)
    }
}

extension JSONTape.Kind {
    fileprivate var noun: String {
        switch self {
        case .null: "null"
        case .true, .false: "bool"
        case .integer, .number: "number"
        case .plainString, .string, .escapedString: "a string"
        case .array: "an array"
        case .plainObject, .object: "a dictionary"
        }
    }
}
