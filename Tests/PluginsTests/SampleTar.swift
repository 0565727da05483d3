import Deflate
import Testing

/// Writes tar archives byte by byte, also such as no tool would.
struct SampleTar {
    private(set) var bytes: [UInt8] = []

    /// Adds an entry.
    mutating func add(
        _ name: String,
        _ body: String = "",
        kind: Unicode.Scalar = "0",
        mode: Int = 0o644,
        size: String? = nil,
        link: String = "",
        prefix: String = "",
        magic: String = "ustar\u{0}00",
        checksum: Int? = nil
    ) {
        add(Array(name.utf8), Array(body.utf8), kind, mode, size, link, prefix, magic, checksum)
    }

    mutating func add(
        _ name: [UInt8],
        _ body: [UInt8],
        _ kind: Unicode.Scalar = "0",
        _ mode: Int = 0o644,
        _ size: String? = nil,
        _ link: String = "",
        _ prefix: String = "",
        _ magic: String = "ustar\u{0}00",
        _ checksum: Int? = nil
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Collection<UInt8>, _ place: Int) {
            block.replaceSubrange(place..<(place + text.count), with: text)
        }
        put(name.prefix(100), 0)
        put("\(String(mode, radix: 8))".utf8, 100)
        put((size ?? String(body.count, radix: 8)).utf8, 124)
        put([UInt8](repeating: 0x20, count: 8), 148)
        put([UInt8(ascii: kind)], 156)
        put(link.utf8, 157)
        put(magic.utf8, 257)
        put(prefix.utf8, 345)
        let sum = checksum ?? block.reduce(0) { $0 + Int($1) }
        put([UInt8](repeating: 0, count: 8), 148)
        put(String(sum, radix: 8).utf8, 148)
        bytes += block + body + [UInt8](repeating: 0, count: (512 - body.count % 512) % 512)
    }

    /// A record of a pax header, its length written right.
    static func record(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var count = rest.utf8.count + 1
        while "\(count)".utf8.count + rest.utf8.count != count { count += 1 }
        return "\(count)\(rest)"
    }

    /// The tar.gz of what was added, with what ends an archive.
    func packed(end: [UInt8] = [UInt8](repeating: 0, count: 1_024)) throws -> [UInt8] {
        try #require(DeflateStream.compress(bytes + end, as: .gzip, level: 6, bound: 64 << 20))
    }
}
