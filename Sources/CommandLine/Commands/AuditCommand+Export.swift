import ArgumentParser
import JSON
import Platform
import Redis

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes records as JSON lines, the oldest first.",
            discussion: "All of them, or all of a time, are a chain that `audit verify --file` can prove."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var choice: FilterOptions

        func run() async throws {
            let settings = try configuration.load()
            let filter = choice.filter
            let unreadable = try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                let reader = AuditReader(redis: redis)
                var unreadable = 0
                var seen: Int64 = 0
                while true {
                    let page = try await reader.records(after: seen, filter: filter)
                    guard let next = page.next else { return unreadable }
                    seen = next
                    unreadable += page.unreadable
                    StandardOutput.write(page.records.map { "\($0.json.text)\n" }.joined())
                }
            }
            guard unreadable > 0 else { return }
            AuditCommand.complain(of: unreadable)
            throw CommandFailure(.failed)
        }
    }
}
