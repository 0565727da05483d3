import JSON

/// A number as schemas compare them: exact as an integer of 64 bits, otherwise a double; 1.0 is 1.
enum SchemaNumber: Sendable, Comparable {
    case integer(Int64)
    case double(Double)

    /// Nil for what is no number.
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .double, .number:
            guard let double = value.double, !double.isNaN else { return nil }
            self = Int64(exactly: double).map { .integer($0) } ?? .double(double)
        default: return nil
        }
    }

    /// Whether it has no fraction.
    var isIntegral: Bool {
        switch self {
        case .integer: true
        case .double(let double): double.isFinite && double == double.rounded(.towardZero)
        }
    }

    var value: JSONValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .double(let double): .double(double)
        }
    }

    var isPositive: Bool { self > .integer(0) }

    static func < (left: SchemaNumber, right: SchemaNumber) -> Bool {
        switch (left, right) {
        case (.integer(let one), .integer(let other)): one < other
        case (.double(let one), .double(let other)): one < other
        case (.integer(let integer), .double(let double)): isLess(integer, than: double)
        // They are never equal: a double that is an integer of 64 bits is held as one.
        case (.double(let double), .integer(let integer)): !isLess(integer, than: double)
        }
    }

    private static func isLess(_ integer: Int64, than double: Double) -> Bool {
        if double >= 0x1p63 { return true }
        if double < -0x1p63 { return false }
        return integer <= Int64(double.rounded(.down))
    }

    /// Whether it is a multiple of another one, as decimal numbers: 0.3 is one of 0.1.
    func isMultiple(of divisor: SchemaNumber) -> Bool {
        if case .integer(let one) = self, case .integer(let other) = divisor { return other != 0 && one % other == 0 }
        guard let number = decimal, let divisor = divisor.decimal, divisor.digits != 0 else { return false }
        if number.digits == 0 { return true }
        var exponent = number.exponent - divisor.exponent
        var (remainder, modulus) = (number.digits, divisor.digits)
        while exponent < 0 {
            let (product, isTooLarge) = modulus.multipliedReportingOverflow(by: 10)
            // Then it is larger than the number.
            if isTooLarge { return false }
            modulus = product
            exponent += 1
        }
        remainder %= modulus
        while exponent > 0, remainder != 0 {
            let product = remainder.multipliedFullWidth(by: 10)
            remainder = modulus.dividingFullWidth(product).remainder
            exponent -= 1
        }
        return remainder == 0
    }

    /// Its digits, without the sign, and the power of ten that they are multiplied by; nil for infinity.
    private var decimal: (digits: UInt64, exponent: Int)? {
        switch self {
        case .integer(let integer): return (integer.magnitude, 0)
        case .double(let double):
            guard double.isFinite else { return nil }
            // The shortest text that means this double: at most 17 digits.
            let halves = "\(double.magnitude)".split(separator: "e")
            let digits = halves[0].split(separator: ".")
            let fraction = digits.count > 1 ? digits[1] : ""
            guard let number = UInt64(digits[0] + fraction), let exponent = halves.count > 1 ? Int(halves[1]) : 0
            else { return nil }
            return (number, exponent - fraction.count)
        }
    }
}
