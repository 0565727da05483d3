/// Which of a Cluster's 16,384 slots a key belongs to (redis.io, "Redis cluster specification", key distribution model).
enum HashSlot {
    static let count = 16_384

    static func slot(of key: ArraySlice<UInt8>) -> Int { Int(checksum(tag(of: key))) % count }

    /// What of `key` is hashed: what stands between the first `{` and the next `}` where that is anything, else all.
    static func tag(of key: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key }
        let rest = key[(open + 1)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else { return key }
        return rest[..<close]
    }

    static func slot(of key: String) -> Int { slot(of: Array(key.utf8)[...]) }

    /// CRC-16/XMODEM: polynomial 0x1021, initial value 0.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { ($0 << 8) ^ table[Int(UInt8($0 >> 8) ^ $1)] }
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { value, _ in value & 0x8000 == 0 ? value << 1 : (value << 1) ^ 0x1021 }
    }
}
