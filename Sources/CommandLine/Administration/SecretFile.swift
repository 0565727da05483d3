import Cryptography
import FoundationEssentials
import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Secrets that a command is given: from a file, from standard input, or typed on a terminal that does not show them.
enum SecretFile {
    /// The longest secret, in bytes.
    private static let longest = 64 << 10

    /// Reads a secret; a line break at its end is no part of it.
    ///
    /// - Parameter path: A file, or `-` for standard input.
    /// - Returns: What stands there.
    /// - Throws: `CommandFailure` where it cannot be read, or is empty or too long.
    static func read(_ path: String) throws(CommandFailure) -> Secret {
        var bytes: [UInt8]
        do {
            bytes = try [UInt8](Data(contentsOf: URL(filePath: path == "-" ? "/dev/stdin" : path)))
        } catch {
            throw CommandFailure(.usage, "\(path): cannot be read")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(path): expected a secret of 1 to \(longest) bytes")
        }
        return Secret(text)
    }

    /// Asks on the terminal, without showing what is typed.
    ///
    /// - Parameter question: What to ask, such as `Code of the second step`.
    /// - Returns: The answer.
    /// - Throws: `CommandFailure` where there is no terminal, or no answer.
    static func ask(_ question: String) throws(CommandFailure) -> Secret {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(.usage, "\(question): there is no terminal to ask on, name a file")
        }
        StandardError.write("\(question): ")
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            StandardError.write("\n")
        }
        guard let line = readLine(), !line.isEmpty else { throw CommandFailure(.usage, "\(question): no answer") }
        return Secret(line)
    }
}
