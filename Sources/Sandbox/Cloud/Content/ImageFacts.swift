/// What the first bytes of a picture tell: its format and size in pixels.
struct ImageFacts: Equatable {
    let mediaType: String
    let width: Int
    let height: Int

    var isGIF: Bool { mediaType == "image/gif" }

    /// nil for what is no PNG, JPEG, GIF, WebP or BMP.
    init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), bytes.count >= 24 {
            self.init("image/png", Self.big(bytes, 16, 4), Self.big(bytes, 20, 4))
        } else if bytes.starts(with: Array("GIF8".utf8)), bytes.count >= 10 {
            self.init("image/gif", Self.little(bytes, 6), Self.little(bytes, 8))
        } else if bytes.starts(with: [0xFF, 0xD8]) {
            guard let size = Self.frame(ofJPEG: bytes) else { return nil }
            self.init("image/jpeg", size.width, size.height)
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.count >= 30,
            bytes[8..<12].elementsEqual("WEBP".utf8)
        {
            // The size of each of its variants is elsewhere; its limit of 16383 is over ours, which few reach.
            self.init("image/webp", 0, 0)
        } else if bytes.starts(with: Array("BM".utf8)), bytes.count >= 26 {
            self.init("image/bmp", Self.little(bytes, 18), Self.little(bytes, 22))
        } else {
            return nil
        }
    }

    private init(_ mediaType: String, _ width: Int, _ height: Int) {
        self.mediaType = mediaType
        self.width = width
        self.height = height
    }

    private static func big(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ start: Int) -> Int {
        Int(bytes[start]) | Int(bytes[start + 1]) << 8
    }

    /// Walks the segments to the one that starts the frame.
    private static func frame(ofJPEG bytes: [UInt8]) -> (width: Int, height: Int)? {
        var at = 2
        while at + 9 < bytes.count {
            guard bytes[at] == 0xFF else { return nil }
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                return (big(bytes, at + 7, 2), big(bytes, at + 5, 2))
            }
            at += 2 + max(2, big(bytes, at + 2, 2))
        }
        return nil
    }
}
