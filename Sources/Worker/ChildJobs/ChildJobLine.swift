#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The socket between a worker and the process of one attempt. That it breaks tells each of the other's end.
struct ChildJobLine: Sendable {
    /// Where the process finds it.
    static let theirs: Int32 = 3

    let descriptor: Int32

    /// Reads until the other side is gone; blocks, so only a thread of its own calls it.
    func forEachPiece(_ body: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            body(Array(buffer[..<count]))
        }
    }

    /// Writes all of it, waiting for the other side to read; what comes after its end is dropped.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest.removeFirst(count)
        }
    }

    /// Writes a few bytes or, where the other side does not read, nothing.
    func writeAtOnce(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
}
