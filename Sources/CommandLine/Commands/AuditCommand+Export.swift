import ArgumentParser
import JSON
import Platform

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes records as JSON lines, the oldest first.",
            discussion: "All of them, or all of a time, are a chain that `audit verify --file` can prove."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var choice: FilterOptions

        func run() async throws {
            let query = choice.query
            let unreadable = try await AdminSession.with(admin) { session in
                var unreadable: Int64 = 0
                var seen = "0"
                while true {
                    let page = try await session.ask(
                        "GET",
                        "audit",
                        query: query + [("after", seen), ("limit", "1000")]
                    )
                    guard let next = page["next_cursor"]?.string else { return unreadable }
                    seen = next
                    unreadable += page["unreadable"]?.integer ?? 0
                    StandardOutput.write((page["items"]?.array ?? []).map { "\($0.text)\n" }.joined())
                }
            }
            guard unreadable > 0 else { return }
            AuditCommand.complain(of: unreadable)
            throw CommandFailure(.failed)
        }
    }
}
