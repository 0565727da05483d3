/// Reads the entries of a tar archive that is in memory: ustar, the paths and sizes of pax, and long names of GNU tar.
struct TarReader {
    /// An entry as it stands there; nothing about it has been judged.
    struct Member {
        let name: [UInt8]
        let mode: Int
        let kind: UInt8
        let bytes: ArraySlice<UInt8>
    }

    private static let mostExtendedBytes = 64 << 10

    private let bytes: [UInt8]
    private var offset = 0
    /// What an extended header says of the entry that follows it.
    private var name: [UInt8]?
    private var size: Int?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next file, folder, link or other entry; nil at the end.
    ///
    /// - Throws: `.damaged`, `.truncated`, `.trailingBytes`, `.tooLarge`.
    mutating func next() throws(PackageRefusal) -> Member? {
        while let header = try header() {
            switch header.kind {
            case UInt8(ascii: "x"):
                let records = try records(of: try body(header.size, of: header))
                name = records["path"] ?? name
                if let text = records["size"] { size = Int(String(decoding: text, as: UTF8.self)) ?? -1 }
            case UInt8(ascii: "g"):
                let records = try records(of: try body(header.size, of: header))
                guard records["path"] == nil, records["size"] == nil else {
                    throw PackageRefusal(.damaged, "has a global header with a path or a size", at: nil)
                }
            case UInt8(ascii: "L"):
                name = Array(try extended(try body(header.size, of: header)).prefix { $0 != 0 })
            default:
                let member = Member(
                    name: name ?? header.name,
                    mode: header.mode,
                    kind: header.kind,
                    bytes: try body(size ?? header.size, of: header)
                )
                (name, size) = (nil, nil)
                return member
            }
        }
        guard name == nil, size == nil else {
            throw PackageRefusal(.damaged, "ends with a header without its entry")
        }
        return nil
    }

    /// Nil at the two blocks of zeros that end an archive, behind which there is nothing else.
    private mutating func header() throws(PackageRefusal) -> TarHeader? {
        let end = offset + TarHeader.blockBytes
        guard end <= bytes.count else { throw PackageRefusal(.truncated, "the archive ends before its end mark") }
        let block = bytes[offset..<end]
        guard block.allSatisfy({ $0 == 0 }) else {
            offset = end
            return try TarHeader(block)
        }
        guard end + TarHeader.blockBytes <= bytes.count else {
            throw PackageRefusal(.truncated, "the archive ends before its end mark")
        }
        guard bytes[end...].allSatisfy({ $0 == 0 }) else {
            throw PackageRefusal(.trailingBytes, "something stands behind the end of the archive")
        }
        return nil
    }

    /// What follows a header, and moves behind its padding.
    private mutating func body(_ size: Int, of header: TarHeader) throws(PackageRefusal) -> ArraySlice<UInt8> {
        let place = String(decoding: name ?? header.name, as: UTF8.self)
        guard size >= 0 else { throw PackageRefusal(.damaged, "has a size that is no number", at: place) }
        guard size <= PluginArchive.maximumUnpackedBytes else {
            throw PackageRefusal(
                .tooLarge,
                "is larger than \(PluginArchive.maximumUnpackedBytes) bytes",
                at: place
            )
        }
        let blocks = (size + TarHeader.blockBytes - 1) / TarHeader.blockBytes
        guard offset + blocks * TarHeader.blockBytes <= bytes.count else {
            throw PackageRefusal(.truncated, "the archive ends inside of it", at: place)
        }
        defer { offset += blocks * TarHeader.blockBytes }
        return bytes[offset..<(offset + size)]
    }

    private func extended(_ body: ArraySlice<UInt8>) throws(PackageRefusal) -> ArraySlice<UInt8> {
        guard body.count <= Self.mostExtendedBytes else {
            throw PackageRefusal(.tooLarge, "has an extended header over \(Self.mostExtendedBytes) bytes")
        }
        return body
    }

    /// The records of a pax header: `length key=value` and a line feed, the length being that of the whole record.
    private func records(of body: ArraySlice<UInt8>) throws(PackageRefusal) -> [String: [UInt8]] {
        var rest = try extended(body)
        var records: [String: [UInt8]] = [:]
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard let count = Int(String(decoding: digits, as: UTF8.self)), count <= rest.count,
                count > digits.count + 1, rest[digits.endIndex] == UInt8(ascii: " "),
                rest[rest.startIndex + count - 1] == UInt8(ascii: "\n")
            else { throw PackageRefusal(.damaged, "has an extended header that cannot be read") }
            let record = rest[(digits.endIndex + 1)..<(rest.startIndex + count - 1)]
            let key = String(decoding: record.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            guard !key.hasPrefix("GNU.sparse") else {
                throw PackageRefusal(.specialFile, "has a file with holes, as GNU tar writes them with --sparse")
            }
            records[key] = Array(record.dropFirst(key.utf8.count + 1))
            rest = rest.dropFirst(count)
        }
        return records
    }
}
