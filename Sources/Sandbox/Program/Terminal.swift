import FoundationEssentials
import Glibc

/// Lines for the person who started the program.
enum Terminal {
    /// One line to standard output, at once.
    static func show(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// One line to standard error.
    static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

    private static func write(_ line: String, to descriptor: Int32) {
        var rest = Data((line + "\n").utf8)
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
