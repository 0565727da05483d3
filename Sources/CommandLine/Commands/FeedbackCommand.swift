import ArgumentParser
import Assistant
import JSON
import JobQueue
import Platform
import Redis

struct FeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Shows what people think of answers, the latest first.",
        discussion: """
            Each line is one person's opinion of one answer, by its button or an emoji. With --output json it can be taken \
            elsewhere; `job show` tells more of the task that answered.
            """
    )

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var options: OutputOptions
    @Option(help: ArgumentHelp("Of which app: its ID (default: the first app's).", valueName: "id"))
    var app: String?
    @Flag(help: "Only answers that somebody calls useless.")
    var useless = false
    @OptionGroup var counting: CountOptions

    func run() async throws {
        let settings = try configuration.load()
        guard let app = app ?? settings.feishu.apps.first?.appID else {
            throw CommandFailure(.usage, "no app is configured, name one with --app")
        }
        let all = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
            try await RedisFeedbackStore(redis: redis).all(ofApp: app)
        }
        let wanted = all.filter { !useless || !$0.isUseful }.sorted { $0.at > $1.at }.prefix(counting.count)
        print(table(wanted).text(as: options.output), terminator: "")
    }

    private func table(_ feedback: some Sequence<Feedback>) -> Table {
        var table = Table([.init("TIME"), .init("OPINION"), .init("TASK"), .init("USER")])
        for opinion in feedback {
            table.add([
                WireTime(milliseconds: opinion.at).text.cell, (opinion.isUseful ? "useful" : "useless").cell,
                opinion.task.cell, opinion.userID.cell,
            ])
        }
        return table
    }
}
