package import ArgumentParser

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

/// An end with another status than 0, and what to say about it.
package struct CommandFailure: Error, Equatable {
    package let status: ExitStatus
    /// For standard error; nil where all has been said.
    package let message: String?

    package init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}

/// The root of a program's command line. Declared `@main`, it ends the process with an `ExitStatus`, where the argument
/// parser by itself would exit with 64 for wrong arguments.
package protocol ProgramCommand: AsyncParsableCommand {}

extension ProgramCommand {
    /// Runs the process's command line and exits.
    ///
    /// Takes the place of the argument parser's `main`, which is `@concurrent`, only as long as it is so, too.
    @concurrent
    package static func main() async {
        endProcess(await status(of: Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command line, says what there is to say, and tells how it ended.
    package static func status(of arguments: [String]) async -> ExitStatus {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch let failure as CommandFailure {
            if let message = failure.message {
                StandardError.write("\(configuration.commandName ?? "\(Self.self)"): \(message)\n")
            }
            return failure.status
        } catch {
            let message = fullMessage(for: error)
            switch exitCode(for: error) {
            case .success:
                StandardOutput.write("\(message)\n")
                return .done
            case .validationFailure:
                StandardError.write("\(message)\n")
                return .usage
            default:
                StandardError.write("\(message)\n")
                return .failed
            }
        }
    }
}

/// `exit` of the C library, out of reach inside a command, which has a method of that name.
private func endProcess(_ status: ExitStatus) -> Never {
    exit(status.rawValue)
}
