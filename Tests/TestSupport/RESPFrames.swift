import NIOCore

/// Cuts a stream of RESP2 into whole values, byte for byte: requests (arrays of bulk strings) as well as replies.
///
/// Source: redis.io, "Redis serialization protocol specification".
struct RESPFrames {
    private var buffer = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next value, once all of it is there.
    mutating func next() -> ByteBuffer? {
        end().flatMap { buffer.readSlice(length: $0 - buffer.readerIndex) }
    }

    /// Where the first value ends; nil while its end is still to come.
    private func end() -> Int? {
        var place = buffer.readerIndex
        var missing = 1
        while missing > 0 {
            guard let line = Self.line(of: buffer, at: place) else { return nil }
            place = line.next
            missing -= 1
            switch line.type {
            case UInt8(ascii: "$") where line.number >= 0: place += line.number + 2
            case UInt8(ascii: "*") where line.number > 0: missing += line.number
            default: break
            }
        }
        return place <= buffer.writerIndex ? place : nil
    }

    /// The first words of a request, at most so many.
    static func words(of request: ByteBuffer, atMost most: Int) -> [String] {
        guard let head = line(of: request, at: request.readerIndex), head.type == UInt8(ascii: "*") else { return [] }
        var words: [String] = []
        var place = head.next
        while words.count < min(most, head.number), let length = line(of: request, at: place),
            let word = request.getString(at: length.next, length: length.number)
        {
            words.append(word)
            place = length.next + length.number + 2
        }
        return words
    }

    /// The line at `place`: its first byte, the number behind that (0 where there is none), and where the next begins.
    private static func line(of buffer: ByteBuffer, at place: Int) -> (type: UInt8, number: Int, next: Int)? {
        guard place < buffer.writerIndex, let type = buffer.getInteger(at: place, as: UInt8.self),
            let view = buffer.viewBytes(at: place + 1, length: buffer.writerIndex - place - 1),
            let end = view.firstIndex(of: UInt8(ascii: "\r")), end + 1 < buffer.writerIndex
        else { return nil }
        return (type, Int(String(decoding: view[..<end], as: UTF8.self)) ?? 0, end + 2)
    }
}
