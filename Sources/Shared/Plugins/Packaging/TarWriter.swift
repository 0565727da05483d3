/// Writes files as a tar archive, the same bytes for the same files: no times, no owners, sorted by path.
enum TarWriter {
    private static let mostNameBytes = 100

    /// The archive of files that were checked, in any order.
    static func archive(of entries: [PluginArchive.Entry]) -> [UInt8] {
        var archive: [UInt8] = []
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            let name = Array(entry.path.utf8)
            if name.count > mostNameBytes {
                let record = pathRecord(name)
                append(
                    header(name: Array("pax".utf8), mode: 0o644, size: record.count, kind: "x"),
                    record,
                    to: &archive
                )
            }
            let mode = entry.isExecutable ? 0o755 : 0o644
            let short = Array(name.prefix(mostNameBytes))
            append(header(name: short, mode: mode, size: entry.bytes.count, kind: "0"), entry.bytes, to: &archive)
        }
        archive += [UInt8](repeating: 0, count: 2 * TarHeader.blockBytes)
        return archive
    }

    private static func append(_ header: [UInt8], _ body: [UInt8], to archive: inout [UInt8]) {
        archive += header + body
        archive += [UInt8](
            repeating: 0,
            count: (TarHeader.blockBytes - body.count % TarHeader.blockBytes) % TarHeader.blockBytes
        )
    }

    /// `length path=…`: the length counts its own digits, of which there are three or four.
    private static func pathRecord(_ name: [UInt8]) -> [UInt8] {
        let rest = Array(" path=".utf8) + name + [UInt8(ascii: "\n")]
        let count = rest.count + (rest.count + 3 > 999 ? 4 : 3)
        return Array("\(count)".utf8) + rest
    }

    private static func header(name: [UInt8], mode: Int, size: Int, kind: Unicode.Scalar) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.blockBytes)
        func put(_ bytes: some Collection<UInt8>, at place: Int) {
            block.replaceSubrange(place..<(place + bytes.count), with: bytes)
        }
        func octal(_ number: Int, digits: Int) -> [UInt8] {
            let text = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
        }
        put(name, at: 0)
        put(octal(mode, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        put([UInt8(ascii: kind)], at: 156)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
        return block
    }
}
