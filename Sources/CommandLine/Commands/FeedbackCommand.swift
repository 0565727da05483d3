import ArgumentParser
import JSON
import Platform

struct FeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Shows what people think of answers, the latest first.",
        discussion: """
            Each line is one person's opinion of one answer, by its button or an emoji. With --output json it can be taken \
            elsewhere; `job show` tells more of the task that answered.
            """
    )

    @OptionGroup var admin: AdminOptions
    @OptionGroup var options: OutputOptions
    @Option(help: ArgumentHelp("Of which app: its ID (default: the first app's).", valueName: "id"))
    var app: String?
    @Flag(help: "Only answers that somebody calls useless.")
    var useless = false
    @OptionGroup var counting: CountOptions

    func run() async throws {
        let opinions = try await AdminSession.with(admin) { session in
            try await session.all(
                "feedback",
                query: [("app", app), ("useless", useless ? "true" : nil)],
                atMost: counting.count,
                failures: ["no-app": .noApp]
            )
        }
        let table = Table(
            [.init("TIME"), .init("OPINION"), .init("TASK"), .init("USER")],
            of: opinions.map { opinion in
                opinion.with([
                    "time": opinion["at"].momentCell,
                    "opinion": (opinion["is_useful"]?.bool == true ? "useful" : "useless").cell,
                    "user": opinion["user_id"] ?? .null,
                ])
            }
        )
        StandardOutput.write(table.text(as: options.output))
    }
}
