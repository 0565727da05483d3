/// The directory at the end of a ZIP archive, see PKWARE's APPNOTE 4.3.12 and 4.3.16.
struct ZipDirectory {
    static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    private static let maximumEntries = 20_000
    private static let endMagic: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    private static let entryMagic: [UInt8] = [0x50, 0x4B, 0x01, 0x02]

    /// Whether the parts of a word processor's document are there, whatever the archive is called.
    private(set) var isWordDocument = false
    /// What the entries say that they unfold to, in all.
    private(set) var unfoldedBytes = 0
    private(set) var isEncrypted = false

    /// nil where there is no directory, or none that can be right.
    init?(of bytes: [UInt8]) {
        // The end record has 22 bytes and a comment of up to 65,535.
        let lowest = max(0, bytes.count - 65_557)
        guard bytes.count >= 22,
            let end = stride(from: bytes.count - 22, through: lowest, by: -1)
                .first(where: { bytes[$0..<($0 + 4)].elementsEqual(Self.endMagic) })
        else { return nil }
        let count = Self.number(bytes, at: end + 10, size: 2)
        var place = Self.number(bytes, at: end + 16, size: 4)
        guard count <= Self.maximumEntries else { return nil }
        var types = false
        var document = false
        for _ in 0..<count {
            guard place + 46 <= bytes.count, bytes[place..<(place + 4)].elementsEqual(Self.entryMagic) else {
                return nil
            }
            let nameLength = Self.number(bytes, at: place + 28, size: 2)
            let rest = Self.number(bytes, at: place + 30, size: 2) + Self.number(bytes, at: place + 32, size: 2)
            guard place + 46 + nameLength <= bytes.count else { return nil }
            if bytes[place + 8] & 1 != 0 { isEncrypted = true }
            unfoldedBytes += Self.number(bytes, at: place + 24, size: 4)
            let name = bytes[(place + 46)..<(place + 46 + nameLength)]
            if name.elementsEqual("[Content_Types].xml".utf8) { types = true }
            // Its name is up to the program that wrote it, as word/document2.xml; its folder is not.
            if name.starts(with: "word/document".utf8) { document = true }
            place += 46 + nameLength + rest
        }
        isWordDocument = types && document
    }

    private static func number(_ bytes: [UInt8], at place: Int, size: Int) -> Int {
        (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
