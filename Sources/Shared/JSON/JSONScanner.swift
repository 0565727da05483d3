/// Reads JSON text forward, one value after the other, and makes only what is asked for.
///
/// The grammar of RFC 8259 is checked for everything passed over, UTF-8 included, so a text that was scanned to its
/// end can be stored or forwarded as it is. The bytes belong to the caller, for as long as the scanner is used.
package struct JSONScanner {
    package let bytes: UnsafeRawBufferPointer
    /// Bytes read so far.
    package private(set) var position: Int
    private var depth = 0
    private let maximumDepth: Int
    private let allowsNonFinite: Bool

    /// - Parameters:
    ///   - bytes: The text, or more than it: positions count from their start.
    ///   - start: Where the text begins.
    ///   - maximumDepth: How deep arrays and objects may be nested.
    ///   - allowsNonFinite: Whether the words `NaN`, `Infinity` and `-Infinity` are numbers, as in what Python writes.
    package init(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int = 0,
        maximumDepth: Int = 128,
        allowsNonFinite: Bool = false
    ) {
        self.bytes = bytes
        self.allowsNonFinite = allowsNonFinite
        self.maximumDepth = maximumDepth
        position = start
    }

    // MARK: Structure

    /// Calls `member` for each member of the object that comes next. It must read or skip the member's value.
    package mutating func object(
        _ member: (JSONStringSlice, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "{"))
        if try closes(UInt8(ascii: "}")) { return }
        while true {
            let key = try stringSlice()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
            if try endsAfterElement(UInt8(ascii: "}")) { return }
        }
    }

    /// Calls `element` for each element of the array that comes next. It must read or skip the element.
    package mutating func array(
        _ element: (Int, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "["))
        if try closes(UInt8(ascii: "]")) { return }
        var index = 0
        while true {
            try element(index, &self)
            index += 1
            if try endsAfterElement(UInt8(ascii: "]")) { return }
        }
    }

    /// The first byte of the next value, without reading it; nil at the end of the text.
    @inline(__always)
    @inlinable
    package mutating func peek() -> UInt8? {
        // Nearly always there is no blank.
        if position < bytes.count, bytes[position] > 0x20 { return bytes[position] }
        return peekPastBlanks()
    }

    @usableFromInline
    package mutating func peekPastBlanks() -> UInt8? {
        skipBlanks()
        return position < bytes.count ? bytes[position] : nil
    }

    /// Throws unless nothing but blanks is left.
    package mutating func end() throws(JSONError) {
        if peek() != nil { throw JSONError(.malformed, at: position) }
    }

    // MARK: Values

    /// Passes over the next value and returns where it stands.
    @discardableResult
    package mutating func skip() throws(JSONError) -> Range<Int> {
        guard let first = peek() else { throw JSONError(.truncated, at: position) }
        let start = position
        switch first {
        case UInt8(ascii: "{"):
            try object { (_, scanner) throws(JSONError) in _ = try scanner.skip() }
        case UInt8(ascii: "["):
            try array { (_, scanner) throws(JSONError) in _ = try scanner.skip() }
        case UInt8(ascii: "\""): _ = try stringSlice()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try numberRange()
        }
        return start..<position
    }

    /// The next value, made whole.
    package mutating func value() throws(JSONError) -> JSONValue {
        guard let first = peek() else { throw JSONError(.truncated, at: position) }
        switch first {
        case UInt8(ascii: "{"):
            var result = JSONObject()
            try object { (key, scanner) throws(JSONError) in
                result.append(key: scanner.text(of: key), value: try scanner.value())
            }
            return .object(result)
        case UInt8(ascii: "["):
            var result: [JSONValue] = []
            try array { (_, scanner) throws(JSONError) in result.append(try scanner.value()) }
            return .array(result)
        case UInt8(ascii: "\""): return .string(text(of: try stringSlice()))
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: return try number()
        }
    }

    /// The next value where it is a string; nil (and passed over) where it is anything else.
    package mutating func optionalString() throws(JSONError) -> String? {
        guard peek() == UInt8(ascii: "\"") else {
            try skip()
            return nil
        }
        return text(of: try stringSlice())
    }

    /// The next value where it is true or false; nil (and passed over) where it is anything else.
    package mutating func optionalBool() throws(JSONError) -> Bool? {
        let first = peek()
        try skip()
        return first == UInt8(ascii: "t") ? true : first == UInt8(ascii: "f") ? false : nil
    }

    /// Passes over the next value where it is null; false (and not passed over) where it is anything else.
    package mutating func skipsNull() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    /// The next value where it is an integer of 64 bits; nil (and passed over) where it is anything else.
    package mutating func optionalInteger() throws(JSONError) -> Int64? {
        if let first = peek(), first == UInt8(ascii: "-") || (48...57).contains(first) {
            if case .integer(let value) = try number() { return value }
            return nil
        }
        try skip()
        return nil
    }

    /// Reads a string and returns where its contents stand, escapes untouched.
    package mutating func stringSlice() throws(JSONError) -> JSONStringSlice {
        guard peek() == UInt8(ascii: "\"") else {
            throw JSONError(position < bytes.count ? .unexpectedType : .truncated, at: position)
        }
        let start = position + 1
        var index = start
        var hasEscapes = false
        while true {
            index = Self.plainRunEnd(in: bytes, from: index, stopAtNonASCII: true)
            guard index < bytes.count else { throw JSONError(.truncated, at: bytes.count) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return JSONStringSlice(range: start..<index, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index = try escapeEnd(at: index)
            case 0x80...: index = try multibyteEnd(at: index)
            default: throw JSONError(.malformed, at: index)
            }
        }
    }

    // MARK: Parts

    @inline(__always)
    mutating func open(_ bracket: UInt8) throws(JSONError) {
        guard let first = peek() else { throw JSONError(.truncated, at: position) }
        guard first == bracket else { throw JSONError(.unexpectedType, at: position) }
        depth += 1
        guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: position) }
        position += 1
    }

    @inline(__always)
    mutating func closes(_ bracket: UInt8) throws(JSONError) -> Bool {
        guard let next = peek() else { throw JSONError(.truncated, at: position) }
        guard next == bracket else { return false }
        position += 1
        depth -= 1
        return true
    }

    @inline(__always)
    mutating func endsAfterElement(_ bracket: UInt8) throws(JSONError) -> Bool {
        if try closes(bracket) { return true }
        try expect(UInt8(ascii: ","))
        return false
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard let next = peek() else { throw JSONError(.truncated, at: position) }
        guard next == byte else { throw JSONError(.malformed, at: position) }
        position += 1
    }

    mutating func literal(_ text: StaticString) throws(JSONError) {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw JSONError(.truncated, at: bytes.count) }
        guard isText(text, at: position) else { throw JSONError(.malformed, at: position) }
        position = end
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let (range, isInteger) = try numberRange()
        if isInteger, let value = Self.int64(bytes[range]) { return .integer(value) }
        let text = String(decoding: bytes[range], as: UTF8.self)
        if isInteger { return .number(text) }
        guard let value = Double(text), value.isFinite else { return .number(text) }
        return .double(value)
    }

    mutating func numberRange() throws(JSONError) -> (Range<Int>, isInteger: Bool) {
        let start = position
        var index = position
        func digits() -> Int {
            let from = index
            while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
            return index - from
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let leading = index
        let count = digits()
        guard count == 1 || (count > 1 && bytes[leading] != UInt8(ascii: "0")) else {
            return (try nonFinite(), false)
        }
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            guard digits() > 0 else { throw JSONError(.malformed, at: index) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { throw JSONError(.malformed, at: index) }
        }
        position = index
        return (start..<index, isInteger)
    }

    /// One of Python's words for what is no finite number.
    private mutating func nonFinite() throws(JSONError) -> Range<Int> {
        let words: [StaticString] = ["NaN", "Infinity", "-Infinity"]
        for word in words where allowsNonFinite && position + word.utf8CodeUnitCount <= bytes.count {
            guard isText(word, at: position) else { continue }
            let start = position
            position += word.utf8CodeUnitCount
            return start..<position
        }
        throw JSONError(.malformed, at: position)
    }

    static func int64(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var value: Int64 = 0
        var digits = digits
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        for digit in digits {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (difference, overflow2) = product.subtractingReportingOverflow(Int64(digit - 48))
            if overflow || overflow2 { return nil }
            value = difference
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
