/// Text that is read from left to right, for formats of fixed shape.
struct FormatText {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    /// Whether all of it is what is read.
    func isWhole(_ read: (inout FormatText) -> Bool) -> Bool {
        var text = self
        return read(&text) && text.rest.isEmpty
    }

    /// RFC 3339, section 5.6.
    mutating func dateTime() -> Bool {
        guard date(), skip("T") || skip("t") else { return false }
        return time()
    }

    mutating func date() -> Bool {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else {
            return false
        }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    /// With its offset. A leap second is the last one of a day in UTC.
    mutating func time() -> Bool {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60, skip(":"),
            let second = number(2), second <= 60
        else { return false }
        if skip(".") {
            guard number(1) != nil else { return false }
            while number(1) != nil {}
        }
        guard let offset = offset() else { return false }
        let minuteOfDay = (hour * 60 + minute - offset + 2 * 1_440) % 1_440
        return second < 60 || minuteOfDay == 1_439
    }

    mutating func uuid() -> Bool {
        for (index, count) in [8, 4, 4, 4, 12].enumerated() {
            guard index == 0 || skip("-") else { return false }
            for _ in 0..<count {
                guard let byte = rest.popFirst(), Unicode.Scalar(byte).properties.isASCIIHexDigit else { return false }
            }
        }
        return true
    }

    /// Minutes east.
    private mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hour * 60 + minute)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest.removeFirst(digits)
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
