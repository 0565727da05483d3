/// The values of one JSON text in the order in which they stand, each as its kind and its place in the text.
///
/// One pass over the text makes it, and what is read later is found without another. A member of an object is its key
/// and then its value. Keeps the bytes, so whoever holds it may read at any time.
package final class JSONTape: Sendable {
    enum Kind: UInt8, Sendable {
        case null, `false`, `true`
        /// A number without fraction and exponent; any other.
        case integer, number
        /// A string of ASCII characters without escapes; any other without escapes; one with.
        case plainString, string, escapedString
        case array
        /// An object whose keys are all plain strings; any other.
        case plainObject, object
    }

    struct Entry: Sendable {
        var kind: Kind
        /// Where a scalar stands in the text (a string without its quotes). Of an array or an object the number of its
        /// elements or members, and the index of the entry behind all of them.
        var lower: Int
        var upper: Int
    }

    let bytes: [UInt8]
    let entries: [Entry]

    /// Scans the JSON text that is this part of `bytes`, nested at most as deep as `JSONDecoder` allows.
    package init(
        scanning bytes: [UInt8],
        in range: Range<Int>,
        allowsNonFinite: Bool = false
    ) throws(JSONError) {
        var result = Result<[Entry], JSONError>.success([])
        bytes.withUnsafeBytes { bytes in
            var scanner = JSONScanner(
                UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]),
                from: range.lowerBound,
                maximumDepth: 512,
                allowsNonFinite: allowsNonFinite
            )
            do throws(JSONError) {
                let entries = try scanner.entries()
                try scanner.end()
                result = .success(entries)
            } catch {
                result = .failure(error)
            }
        }
        self.bytes = bytes
        entries = try result.get()
    }

    /// The index of the entry behind a value.
    func end(of index: Int) -> Int {
        let entry = entries[index]
        return entry.kind.isContainer ? entry.upper : index + 1
    }
}

extension JSONTape.Kind {
    var isContainer: Bool { rawValue >= Self.array.rawValue }
    var isObject: Bool { self == .plainObject || self == .object }
    var isString: Bool { self == .plainString || self == .string || self == .escapedString }
}

extension JSONScanner {
    /// The entries of the next value.
    ///
    /// While an array or an object is open, its entry has that of the one around it in place of its end, or -1.
    fileprivate mutating func entries() throws(JSONError) -> [JSONTape.Entry] {
        var entries: [JSONTape.Entry] = []
        entries.reserveCapacity(8)
        var container = -1
        repeat {
            if container >= 0, entries[container].kind.isObject {
                let key = try stringEntry()
                if key.kind != .plainString { entries[container].kind = .object }
                entries.append(key)
                try expect(UInt8(ascii: ":"))
            }
            guard let first = peek() else { throw JSONError(.truncated, at: position) }
            switch first {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let kind = first == UInt8(ascii: "{") ? JSONTape.Kind.plainObject : .array
                try open(first)
                guard try closes(kind.closingBracket) else {
                    entries.append(JSONTape.Entry(kind: kind, lower: 0, upper: container))
                    container = entries.count - 1
                    continue
                }
                entries.append(JSONTape.Entry(kind: kind, lower: 0, upper: entries.count + 1))
            case UInt8(ascii: "\""): entries.append(try stringEntry())
            case UInt8(ascii: "t"): entries.append(try literalEntry("true", .true))
            case UInt8(ascii: "f"): entries.append(try literalEntry("false", .false))
            case UInt8(ascii: "n"): entries.append(try literalEntry("null", .null))
            default:
                let (range, isInteger) = try numberRange()
                let kind = isInteger ? JSONTape.Kind.integer : .number
                entries.append(JSONTape.Entry(kind: kind, lower: range.lowerBound, upper: range.upperBound))
            }
            while container >= 0 {
                entries[container].lower += 1
                guard try endsAfterElement(entries[container].kind.closingBracket) else { break }
                let outer = entries[container].upper
                entries[container].upper = entries.count
                container = outer
            }
        } while container >= 0
        return entries
    }

    private mutating func stringEntry() throws(JSONError) -> JSONTape.Entry {
        let slice = try stringSlice()
        let kind: JSONTape.Kind =
            slice.hasEscapes
            ? .escapedString
            : bytes[slice.range].contains { $0 >= 0x80 } ? .string : .plainString
        return JSONTape.Entry(kind: kind, lower: slice.range.lowerBound, upper: slice.range.upperBound)
    }

    private mutating func literalEntry(
        _ text: StaticString,
        _ kind: JSONTape.Kind
    ) throws(JSONError) -> JSONTape.Entry {
        let start = position
        try literal(text)
        return JSONTape.Entry(kind: kind, lower: start, upper: position)
    }
}

extension JSONTape.Kind {
    fileprivate var closingBracket: UInt8 { self == .array ? UInt8(ascii: "]") : UInt8(ascii: "}") }
}
