import ArgumentParser
import JobQueue
import Platform

/// Where settings come from, the same for every command.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read settings from this file (else AI_ASSISTANT_CONFIG names it).", valueName: "path"))
    var config: String?

    @OptionGroup var overriding: OverrideOptions

    /// Loads the settings, or prints what is wrong with them and throws `CommandFailure`.
    func load() throws(CommandFailure) -> Configuration {
        try ProgramStart.configuration(flags: overriding.flags, path: config)
    }
}

/// Settings that are given one by one.
struct OverrideOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override one setting, such as redis.url=redis://host:6379/0.", valueName: "key=value")
    )
    var overrides: [String] = []

    func validate() throws {
        for override in overrides where !override.contains("=") {
            throw ValidationError("--set takes KEY=VALUE, got \"\(override)\"")
        }
    }

    /// The overrides by key; the last of several counts.
    var flags: [String: String] {
        var flags: [String: String] = [:]
        for override in overrides {
            let key = override.prefix { $0 != "=" }
            flags[String(key)] = String(override.dropFirst(key.count + 1))
        }
        return flags
    }
}

/// How a command prints what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

/// The option of every command that prints a table.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to print the result.")
    var output: OutputFormat = .table
}

/// A span of time on the command line: a number and `s`, `m`, `h` or `d`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ seconds[$0] }), let count = Int64(argument.dropLast()),
            (0...1_000_000).contains(count)
        else { return nil }
        duration = .seconds(count * unit)
    }
}

/// The option of commands that show the first of many.
struct CountOptions: ParsableArguments {
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many to show.", valueName: "n"))
    var count = 20

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count takes 1 to 10000") }
    }
}

extension Configuration {
    /// The queues named, or where there are none those that workers take from.
    func queueNames(_ named: [String]) -> [QueueName] {
        (named.isEmpty ? worker.queues : named).map { QueueName($0) }
    }
}
