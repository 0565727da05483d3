/// Base32 with the standard alphabet (RFC 4648 §6), without padding, as authenticator apps take their secrets.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The text for `bytes`.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var group: UInt32 = 0
        var held: UInt32 = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 8
            while held >= 5 {
                held -= 5
                text.append(alphabet[Int(group >> held & 0x1F)])
            }
        }
        if held > 0 { text.append(alphabet[Int(group << (5 - held) & 0x1F)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
