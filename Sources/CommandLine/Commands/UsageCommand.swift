import ArgumentParser
import Assistant
import JSON
import JobQueue
import Platform
import Redis

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Shows what models cost: tokens, requests and money by user, chat, model or day."
    )

    @OptionGroup var configuration: ConfigurationOptions
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
        let settings = try configuration.load()
        guard let app = app ?? settings.feishu.apps.first?.appID else {
            throw CommandFailure(.usage, "no app is configured, name one with --app")
        }
        let rows = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
            let ledger = RedisUsageLedger(
                redis: redis,
                calendar: UsageCalendar(utcOffset: settings.models.budgets.utcOffset),
                now: { WireTime.now.milliseconds }
            )
            return try await ledger.table(by: by, ofApp: app, days: days, atMost: counting.count)
        }
        print(table(rows, currency: settings.models.currency).text(as: options.output), terminator: "")
    }

    private func table(_ rows: [UsageRow], currency: String) -> Table {
        var table = Table([
            .init(by.rawValue.uppercased()), .init("REQUESTS", isNumber: true),
            .init("PROMPT", key: "prompt_tokens", isNumber: true),
            .init("COMPLETION", key: "completion_tokens", isNumber: true), .init("TOKENS", isNumber: true),
            .init("COST (\(currency))", key: "cost", isNumber: true),
        ])
        for row in rows {
            table.add([
                row.name.cell, .integer(Int64(row.totals.requests)), .integer(Int64(row.totals.promptTokens)),
                .integer(Int64(row.totals.completionTokens)), .integer(Int64(row.totals.tokens)),
                .number(row.totals.cost),
            ])
        }
        return table
    }
}

extension UsageDimension: ExpressibleByArgument {}
