import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What every program does first.
package enum ProgramStart {
    /// Loads the configuration; where it is wrong, prints one line per problem to standard error.
    ///
    /// - Parameters:
    ///   - flags: values given on the command line, by key, such as `gateway.port`.
    ///   - path: the file of `--config`.
    /// - Returns: what is in force.
    /// - Throws: `CommandFailure`, `.usage`; all has been said.
    package static func configuration(
        flags: [String: String] = [:],
        path: String? = nil
    ) throws(CommandFailure) -> Configuration {
        do {
            return try Configuration.load(
                from: ConfigurationInput(flags: flags, path: path, isTerminal: isatty(STDOUT_FILENO) == 1)
            )
        } catch {
            StandardError.write("\(error)\n")
            throw CommandFailure(.usage)
        }
    }
}
