import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a program ended, as its exit status.
package enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    /// Wrong arguments or a wrong configuration.
    case usage = 2
    /// What it needed, such as Redis, could not be reached.
    case unreachable = 3
}

/// A start that came to nothing. What is wrong has been printed.
package struct StartFailure: Error {
    package let status: ExitStatus
}

/// What every program does first.
package enum ProgramStart {
    /// Loads the configuration; where it is wrong, prints one line per problem to standard error.
    ///
    /// - Parameters:
    ///   - flags: values given on the command line, by key, such as `gateway.port`.
    ///   - path: the file of `--config`.
    /// - Returns: what is in force.
    /// - Throws: `StartFailure` with the status the process is to exit with.
    package static func configuration(
        flags: [String: String] = [:],
        path: String? = nil
    ) throws(StartFailure) -> Configuration {
        do {
            return try Configuration.load(
                from: ConfigurationInput(flags: flags, path: path, isTerminal: isatty(STDOUT_FILENO) == 1)
            )
        } catch {
            StandardError.write("\(error)\n")
            throw StartFailure(status: .usage)
        }
    }
}

/// The stream for what went wrong.
package enum StandardError {
    /// Writes all of it, at once as far as the system lets.
    package static func write(_ text: String) {
        LogOutput.standardError.write(Array(text.utf8))
    }
}
