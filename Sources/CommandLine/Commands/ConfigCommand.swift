import ArgumentParser
import Assistant
import JSON
import JobQueue
import MeetingMinutes
import Platform

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Checks and shows the settings.",
        subcommands: [Check.self, Show.self, Reference.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Tells everything that is wrong with the settings, the periodic jobs and the rules of automation, one line each.",
            discussion: "Exit status 0 when nothing is, else 1."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions

        func run() throws {
            let settings: Configuration
            do throws(ConfigurationProblems) {
                settings = try Configuration.load(
                    from: ConfigurationInput(flags: configuration.overriding.flags, path: configuration.config)
                )
            } catch {
                let lines = error.problems.map { problem in
                    let value = problem.found.map { "got \($0), " } ?? ""
                    return Line(problem.key, problem.origin, value + problem.explanation, problem.description)
                }
                throw complain(lines)
            }
            do throws(RuleProblems) {
                _ = try settings.automation.rules()
            } catch {
                let file = settings.automation.rulesFile
                let lines = error.problems.map { problem in
                    let place = file.map { " (\($0))" } ?? ""
                    return Line(
                        "automation.rules_file",
                        file,
                        "\(problem)",
                        "automation.rules_file\(place): \(problem)"
                    )
                }
                throw complain(lines)
            }
            do throws(ScheduleProblems) {
                _ = try settings.periodicJobs()
            } catch {
                let lines = error.entries.map { entry in
                    let key = "\(settings.schedules[entry.index].path).\(entry.problem.field)"
                    return Line(key, nil, entry.problem.explanation, "\(key): \(entry.problem.explanation)")
                }
                throw complain(lines)
            }
            do throws(MinutesTemplateProblems) {
                _ = try settings.minutesTemplates()
            } catch {
                throw complain(error.entries.map { Line($0.key, nil, $0.explanation, "\($0)") })
            }
            StandardOutput.write(
                options.output == .json ? Self.table([]).text(as: .json) : "the configuration is valid\n"
            )
        }

        /// One problem, for a program in three cells and for a person in one line.
        private struct Line {
            let key: String
            let origin: String?
            let problem: String
            let text: String

            init(_ key: String, _ origin: String?, _ problem: String, _ text: String) {
                self.key = key
                self.origin = origin
                self.problem = problem
                self.text = text
            }
        }

        /// Says all of it as asked; the failure to end with.
        private func complain(_ lines: [Line]) -> CommandFailure {
            guard options.output == .json else {
                return CommandFailure(.failed, "\n" + lines.map(\.text).joined(separator: "\n"))
            }
            StandardOutput.write(Self.table(lines).text(as: .json))
            return CommandFailure(.failed)
        }

        private static func table(_ lines: [Line]) -> Table {
            var table = Table([.init("KEY"), .init("FOUND IN"), .init("PROBLEM")])
            for line in lines {
                table.add([.string(line.key), line.origin.map { .string($0) } ?? .null, .string(line.problem)])
            }
            return table
        }
    }

    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints every setting with its default and meaning, in Markdown."
        )

        func run() { StandardOutput.write(SettingsReference.markdown) }
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
