/// The container of old Office documents and of new ones with a password, see MS-CFB and MS-OFFCRYPTO 1.3.2.
enum CompoundFile {
    private static let magic: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    /// Whether these are bytes of a document with a password: then it has a stream of that name.
    static func isEncryptedDocument(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: magic) else { return false }
        let name: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        return bytes.firstPlace(of: name, in: 0..<bytes.count) != nil
    }
}
