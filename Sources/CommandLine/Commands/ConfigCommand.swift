import ArgumentParser
import JSON
import Platform

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Checks and shows the settings.",
        subcommands: [Check.self, Show.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells everything that is wrong with the settings, one line each.",
            discussion: "Exit status 0 when nothing is, else 1."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions

        func run() throws {
            var table = Table([.init("KEY"), .init("FOUND IN"), .init("PROBLEM")])
            do {
                _ = try Configuration.load(
                    from: ConfigurationInput(flags: configuration.flags, path: configuration.config)
                )
                StandardOutput.write(options.output == .json ? table.text(as: .json) : "the configuration is valid\n")
            } catch {
                guard options.output == .json else { throw CommandFailure(.failed, "\n\(error)") }
                for problem in error.problems {
                    let value = problem.found.map { "got \($0), " } ?? ""
                    table.add([
                        .string(problem.key),
                        problem.origin.map { .string($0) } ?? .null,
                        .string(value + problem.explanation),
                    ])
                }
                StandardOutput.write(table.text(as: .json))
                throw CommandFailure(.failed)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows every setting in force and where it comes from; secrets as ***."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions

        func run() throws {
            let settings = try configuration.load()
            var table = Table([.init("KEY"), .init("VALUE"), .init("SOURCE"), .init("ENVIRONMENT")])
            for entry in settings.effective {
                table.add([
                    .string(entry.path),
                    entry.value == nil ? .null : .string(entry.shown),
                    .string(entry.value == nil ? "not set" : entry.source.description),
                    .string(entry.setting.environment),
                ])
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
