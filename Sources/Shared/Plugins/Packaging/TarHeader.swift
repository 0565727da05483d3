/// One header block of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarHeader {
    static let blockBytes = 512

    /// The name, with its prefix where there is one.
    let name: [UInt8]
    let mode: Int
    /// Of what follows the block.
    let size: Int
    /// The type of the entry, such as `0` for a file.
    let kind: UInt8

    /// - Parameter block: 512 bytes that are not all zero.
    /// - Throws: `.damaged` for a wrong checksum, or a number that is not octal.
    init(_ block: ArraySlice<UInt8>) throws(PackageRefusal) {
        func field(_ start: Int, _ count: Int) -> ArraySlice<UInt8> {
            block[(block.startIndex + start)..<(block.startIndex + start + count)]
        }
        func text(_ start: Int, _ count: Int) -> [UInt8] { Array(field(start, count).prefix { $0 != 0 }) }
        let name = text(0, 100)
        let readable = String(decoding: name, as: UTF8.self)
        // The checksum counts its own field as blanks.
        let sum = block.reduce(0) { $0 + Int($1) } - field(148, 8).reduce(0) { $0 + Int($1) } + 8 * 0x20
        guard Self.octal(field(148, 8)) == sum else {
            throw PackageRefusal(.damaged, "has a header with a wrong checksum", at: readable)
        }
        let magic = Array(field(257, 6))
        let isPOSIX = magic == Array("ustar\0".utf8)
        guard isPOSIX || magic == Array("ustar ".utf8) else {
            throw PackageRefusal(.damaged, "has no header of ustar, pax or GNU tar", at: readable)
        }
        guard let mode = Self.octal(field(100, 8)), let size = Self.octal(field(124, 12)) else {
            throw PackageRefusal(.damaged, "has a header with a number that is not octal", at: readable)
        }
        // GNU tar has times where POSIX has the prefix.
        let prefix = isPOSIX ? text(345, 155) : []
        self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        self.mode = mode
        self.size = size
        kind = field(156, 1).first ?? 0
    }

    /// Octal digits between blanks, with a blank, a zero byte or nothing behind; nothing at all is 0.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        var number = 0
        for digit in digits {
            guard (0x30...0x37).contains(digit) else { return nil }
            number = number << 3 | Int(digit - 0x30)  // 12 digits have 36 bits.
        }
        return number
    }
}
