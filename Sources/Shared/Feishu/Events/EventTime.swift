/// Reads the several forms in which Feishu writes points in time.
enum EventTime {
    /// Milliseconds since 1970 behind a decimal text, its unit told by the number of digits: up to 11 seconds (with or
    /// without a fraction), up to 14 milliseconds, up to 17 microseconds. Nil for anything else.
    static func milliseconds(_ text: some StringProtocol) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let value = integer(whole) else { return nil }
        if parts.count == 2 {
            guard whole.count <= 11, !parts[1].isEmpty, parts[1].allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            let thousandths = (parts[1] + Array("000".utf8)).prefix(3)
            return value * 1000 + (integer(thousandths) ?? 0)
        }
        switch whole.count {
        case ...11: return value * 1000
        case ...14: return value
        default: return value / 1000
        }
    }

    private static func integer(_ digits: some Collection<UInt8>) -> Int64? {
        guard (1...17).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 48)
        }
        return value
    }
}
