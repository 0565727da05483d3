import ArgumentParser
import Assistant
import JSON
import Platform

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Shows what models cost: tokens, requests and money by user, chat, model or day."
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var options: OutputOptions
    @Option(help: "What each line is: day, user, chat or model.")
    var by = UsageDimension.day
    @Option(help: ArgumentHelp("How many days, today included.", valueName: "n"))
    var days = 30
    @Option(help: ArgumentHelp("Whose usage: an app's ID (default: the first app's).", valueName: "id"))
    var app: String?
    @OptionGroup var counting: CountOptions

    func validate() throws {
        guard (1...400).contains(days) else { throw ValidationError("--days takes 1 to 400") }
    }

    func run() async throws {
        let usage = try await AdminSession.with(admin) { session in
            try await session.ask(
                "GET",
                "usage",
                query: [
                    ("by", by.rawValue), ("days", "\(days)"), ("app", app), ("limit", "\(counting.count)"),
                ],
                failures: ["no-app": .noApp]
            )
        }
        StandardOutput.write(table(usage).text(as: options.output))
    }

    private func table(_ usage: JSONValue) -> Table {
        Table(
            [
                .init(by.rawValue.uppercased()), .init("REQUESTS", isNumber: true),
                .init("PROMPT", key: "prompt_tokens", isNumber: true),
                .init("COMPLETION", key: "completion_tokens", isNumber: true), .init("TOKENS", isNumber: true),
                .init("COST (\(usage["currency"]?.string ?? ""))", key: "cost", isNumber: true),
            ],
            of: (usage["items"]?.array ?? []).map { row in
                row.with([by.rawValue: row["name"] ?? .null, "cost": row["cost"].numberCell])
            }
        )
    }
}

extension UsageDimension: ExpressibleByArgument {}

extension CommandFailure {
    /// Nothing says of which app something is asked.
    static let noApp = CommandFailure(.usage, "no app is configured, name one with --app")
}
