import ArgumentParser
import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The operator's command line.
struct OperatorTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ai-assistant",
        abstract: "Runs, checks and looks into the AI assistant.",
        discussion: """
            Settings come from the command line, the environment, a configuration file and defaults, in this order.
            Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 unreachable.
            """,
        version: BuildInfo.version,
        subcommands: [
            DevCommand.self, HealthcheckCommand.self, DoctorCommand.self, ConfigCommand.self, QueueCommand.self,
            VersionCommand.self,
        ]
    )
}

/// An end with another status than 0, and what to say about it.
struct CommandFailure: Error, Equatable {
    let status: ExitStatus
    /// For standard error; nil where all has been said.
    let message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}

@main
enum Program {
    static func main() async {
        exit(await status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line and tells how it ended.
    static func status(of arguments: [String]) async -> ExitStatus {
        do {
            var command = try OperatorTool.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch let failure as CommandFailure {
            if let message = failure.message { StandardError.write("ai-assistant: \(message)\n") }
            return failure.status
        } catch let failure as StartFailure {
            return failure.status
        } catch {
            let message = OperatorTool.fullMessage(for: error)
            switch OperatorTool.exitCode(for: error) {
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
