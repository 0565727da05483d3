import NIOConcurrencyHelpers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file descriptor that takes whole lines from many threads. A line is one `write`, so that lines of processes that
/// share a pipe do not mix (up to PIPE_BUF, see pipe(7)).
package final class LogOutput: Sendable {
    package static let standardOutput = LogOutput(descriptor: STDOUT_FILENO)
    package static let standardError = LogOutput(descriptor: STDERR_FILENO)

    private let descriptor: NIOLockedValueBox<Int32>

    package init(descriptor: Int32) {
        self.descriptor = NIOLockedValueBox(descriptor)
    }

    /// Whether a person reads along.
    package var isTerminal: Bool { isatty(descriptor.withLockedValue { $0 }) == 1 }

    /// Writes all bytes. A stream that is closed or full swallows the rest: there is nowhere left to say so.
    package func write(_ line: [UInt8]) {
        descriptor.withLockedValue { descriptor in
            var rest = line[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// `write` of the C library, out of reach inside a type that has a method of that name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
