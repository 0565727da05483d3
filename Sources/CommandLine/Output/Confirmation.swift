import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The question before something that cannot be undone.
enum Confirmation {
    /// Whether somebody sits at the terminal who can be asked.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Asks and waits for the answer.
    ///
    /// - Throws: `CommandFailure`, `.failed`, unless the answer is yes.
    static func ask(_ question: String) throws(CommandFailure) {
        StandardError.write("\(question) [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            throw CommandFailure(.failed, "nothing was changed")
        }
    }
}
