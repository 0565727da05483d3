import ArgumentParser
import JSON
import Platform

extension AuditCommand {
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the last records, the newest at the end.",
            discussion: "With --follow and --output json each record is a line of its own."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var choice: FilterOptions
        @OptionGroup var count: CountOptions
        @Flag(name: .shortAndLong, help: "Go on showing what is recorded, until Ctrl-C.")
        var follow = false

        func run() async throws {
            try await AdminSession.with(admin) { session in
                let last = try await newest(session)
                if follow { try await go(on: session, after: last) }
            }
        }

        /// Shows the last records that are wanted, over as many pages as it takes.
        ///
        /// - Returns: The number of the last record of all.
        private func newest(_ session: AdminSession) async throws(CommandFailure) -> Int64 {
            var records: [JSONValue] = []
            var unreadable: Int64 = 0
            var last: Int64 = 0
            var cursor: String?
            repeat {
                let page = try await session.ask(
                    "GET",
                    "audit",
                    query: choice.query + [
                        ("limit", "\(min(count.count - records.count, 1_000))"), ("cursor", cursor),
                    ]
                )
                records += page["items"]?.array ?? []
                unreadable += page["unreadable"]?.integer ?? 0
                last = max(last, page["last"]?.integer ?? 0, records.first?["seq"]?.integer ?? 0)
                cursor = page["next_cursor"]?.string
            } while cursor != nil && records.count < count.count
            write(records.reversed(), isFirst: true)
            AuditCommand.complain(of: unreadable)
            return last
        }

        /// Shows what is appended; an outage is told once and waited out.
        private func go(on session: AdminSession, after last: Int64) async throws {
            let ticks = Ticks(every: 0.5)
            defer { ticks.end() }
            var seen = last
            var isAway = false
            for await _ in ticks.stream {
                do throws(CommandFailure) {
                    seen = try await more(session, after: seen)
                    isAway = false
                } catch {
                    if !isAway { StandardError.write("\(error.message ?? "failed")\n") }
                    isAway = true
                }
            }
        }

        private func more(_ session: AdminSession, after last: Int64) async throws(CommandFailure) -> Int64 {
            var seen = last
            while true {
                let page = try await session.ask(
                    "GET",
                    "audit",
                    query: choice.query + [("after", "\(seen)"), ("limit", "1000")]
                )
                guard let next = page["next_cursor"]?.string.flatMap({ Int64($0) }) else { return seen }
                seen = next
                let records = page["items"]?.array ?? []
                if !records.isEmpty { write(records, isFirst: false) }
                AuditCommand.complain(of: page["unreadable"]?.integer ?? 0)
            }
        }

        /// Writes records, the oldest first.
        private func write(_ records: [JSONValue], isFirst: Bool) {
            switch options.output {
            case .table:
                let text = Table(Self.columns, of: records).text(as: .table)
                StandardOutput.write(
                    isFirst ? text : text.split(separator: "\n").dropFirst().map { "\($0)\n" }.joined()
                )
            case .json where follow:
                StandardOutput.write(records.map { "\($0.text)\n" }.joined())
            case .json:
                StandardOutput.write(JSONValue.array(records).text + "\n")
            }
        }

        private static let columns: [Table.Column] = [
            .init("SEQ", isNumber: true), .init("AT"), .init("ACTOR"), .init("ROLE", isOptional: true),
            .init("ADDRESS", isOptional: true), .init("ACTION"), .init("TARGET", isOptional: true),
            .init("OUTCOME"), .init("REQUEST ID", isOptional: true), .init("DETAIL", isOptional: true),
        ]
    }
}
