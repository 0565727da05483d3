/// Characters that may stand at one place.
struct ScalarSet: Sendable, Equatable {
    private struct Condition: Sendable, Equatable {
        let property: ScalarProperty
        let isInverted: Bool
    }

    /// In order, none touching another.
    private var ranges: [ClosedRange<UInt32>] = []
    private var conditions: [Condition] = []
    private var isInverted = false

    init(_ ranges: [ClosedRange<UInt32>]) { add(ranges) }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    init(_ property: ScalarProperty, isInverted: Bool) {
        conditions = [Condition(property: property, isInverted: isInverted)]
    }

    /// Everything that is not in this set.
    var inverted: ScalarSet {
        var set = self
        set.isInverted.toggle()
        return set
    }

    /// Adds what another set holds that was not inverted as a whole.
    mutating func formUnion(_ other: ScalarSet) {
        if other.isInverted {
            add(Self.complement(of: other.ranges))
        } else {
            add(other.ranges)
        }
        conditions += other.conditions
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool { holds(scalar) != isInverted }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].contains(scalar.value) { return true }
        return conditions.contains { $0.property.contains(scalar) != $0.isInverted }
    }

    private mutating func add(_ more: [ClosedRange<UInt32>]) {
        var joined: [ClosedRange<UInt32>] = []
        for range in (ranges + more).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound &+ 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    private static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var complement: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { complement.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { complement.append(next...0x10FFFF) }
        return complement
    }
}

extension ScalarSet {
    /// `\d`: ASCII alone, as in ECMA-262.
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`: ASCII alone, as in ECMA-262.
    static let words = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s`: the white space and the ends of lines of ECMA-262.
    static let blanks = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// `.`: all but the ends of lines.
    static let any = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).inverted
}
