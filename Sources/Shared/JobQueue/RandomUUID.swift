import Glibc
import NIOConcurrencyHelpers

/// Random UUIDs (version 4, lower case) as text, without Foundation.
enum RandomUUID {
    /// What the system gave and nobody has used. Two words make one UUID; a draw is a system call, so it is for many.
    private static let unused = NIOLockedValueBox<[UInt64]>([])
    /// The most that `getentropy` gives at once is 256 bytes.
    private static let wordsPerDraw = 32
    private static let characterCount = 36

    static func text() -> String {
        let bits = bits()
        return String(unsafeUninitializedCapacity: characterCount) { buffer in
            write(bits, to: buffer)
            return characterCount
        }
    }

    /// Appends what ``text()`` returns.
    static func append(to output: inout [UInt8]) {
        let bits = bits()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: characterCount) { buffer in
            write(bits, to: buffer)
            output.append(contentsOf: buffer)
        }
    }

    /// The UUID of this version whose other bits are these.
    static func text(_ high: UInt64, _ low: UInt64, version: UInt64) -> String {
        String(unsafeUninitializedCapacity: characterCount) { buffer in
            write((high & ~0xF000 | version << 12, low & ~(0xC0 << 56) | (0x80 << 56)), to: buffer)
            return characterCount
        }
    }

    private static func bits() -> (high: UInt64, low: UInt64) {
        let (high, low) = unused.withLockedValue { words in
            if words.isEmpty { words = draw() }
            return (words.removeLast(), words.removeLast())
        }
        return (high & ~0xF000 | 0x4000, low & ~(0xC0 << 56) | (0x80 << 56))
    }

    private static func draw() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: wordsPerDraw) { words, count in
            guard let bytes = UnsafeMutableRawBufferPointer(words).baseAddress else { return }
            let status = getentropy(bytes, wordsPerDraw * MemoryLayout<UInt64>.stride)
            precondition(status == 0, "the operating system gives entropy")
            count = wordsPerDraw
        }
    }

    private static func write(_ bits: (high: UInt64, low: UInt64), to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var index = 0
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                buffer[index] = UInt8(ascii: "-")
                index += 1
            }
            let word = digit < 16 ? bits.high : bits.low
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit & 15))) & 15
            buffer[index] = nibble < 10 ? 48 + nibble : 87 + nibble
            index += 1
        }
    }
}
