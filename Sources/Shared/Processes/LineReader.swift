#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Cuts what comes through a descriptor into lines.
package struct LineReader {
    private let descriptor: Int32
    /// A longer line is cut into several.
    private static let maximumLineBytes = 65_536

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Reads until the other side closes; what follows its last line end is a line, too.
    package func forEachLine(_ body: (String) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
            if rest.count > Self.maximumLineBytes {
                body(String(decoding: rest, as: UTF8.self))
                rest.removeAll()
            }
        }
        if !rest.isEmpty { body(String(decoding: rest, as: UTF8.self)) }
    }
}
