import ArgumentParser
import JSON
import Platform
import Redis

extension AuditCommand {
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the last records, the newest at the end.",
            discussion: "With --follow and --output json each record is a line of its own."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var choice: FilterOptions
        @OptionGroup var count: CountOptions
        @Flag(name: .shortAndLong, help: "Go on showing what is recorded, until Ctrl-C.")
        var follow = false

        func run() async throws {
            let settings = try configuration.load()
            let filter = choice.filter
            let last = try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                let reader = AuditReader(redis: redis)
                var seen = try await reader.lastNumber()
                let page = try await newest(reader, filter)
                seen = max(seen, page.records.first?.seq ?? 0)
                write(page, isFirst: true)
                return seen
            }
            guard follow else { return }
            try await go(on: settings.redis, after: last, filter)
        }

        /// Collects the wanted records over as many pages as it takes.
        private func newest(_ reader: AuditReader, _ filter: AuditFilter) async throws(AuditError) -> AuditPage {
            var all = AuditPage()
            repeat {
                let page = try await reader.page(
                    before: all.next,
                    limit: count.count - all.records.count,
                    filter: filter
                )
                all.records += page.records
                all.unreadable += page.unreadable
                all.next = page.next
            } while all.next != nil && all.records.count < count.count
            return all
        }

        /// Shows what is appended; an outage of Redis is told once and waited out.
        private func go(on settings: Configuration.Redis, after: Int64, _ filter: AuditFilter) async throws {
            let ticks = Ticks(every: 0.5)
            defer { ticks.end() }
            var seen = after
            var isAway = false
            for await _ in ticks.stream {
                do throws(CommandFailure) {
                    seen = try await RedisAccess.with(settings) { redis async throws(AuditError) in
                        try await more(AuditReader(redis: redis), after: seen, filter)
                    }
                    isAway = false
                } catch {
                    if !isAway { StandardError.write("\(error.message ?? "failed")\n") }
                    isAway = true
                }
            }
        }

        private func more(
            _ reader: AuditReader,
            after: Int64,
            _ filter: AuditFilter
        ) async throws(AuditError) -> Int64 {
            var seen = after
            while true {
                let page = try await reader.records(after: seen, filter: filter)
                guard let next = page.next else { return seen }
                seen = next
                var shown = page
                shown.records.reverse()
                if !page.records.isEmpty || page.unreadable > 0 { write(shown, isFirst: false) }
            }
        }

        /// Writes a page, which has the newest first.
        private func write(_ page: AuditPage, isFirst: Bool) {
            let records = page.records.reversed()
            switch options.output {
            case .table:
                let text = Self.table(of: records).text(as: .table)
                StandardOutput.write(
                    isFirst ? text : text.split(separator: "\n").dropFirst().map { "\($0)\n" }.joined()
                )
            case .json where follow:
                StandardOutput.write(records.map { "\($0.json.text)\n" }.joined())
            case .json:
                StandardOutput.write(JSONValue.array(records.map(\.json)).text + "\n")
            }
            AuditCommand.complain(of: page.unreadable)
        }

        private static func table(of records: some Sequence<AuditRecord>) -> Table {
            var table = Table([
                .init("SEQ", isNumber: true), .init("AT"), .init("ACTOR"), .init("ROLE", isOptional: true),
                .init("ADDRESS", isOptional: true), .init("ACTION"), .init("TARGET", isOptional: true),
                .init("OUTCOME"), .init("REQUEST ID", isOptional: true), .init("DETAIL", isOptional: true),
            ])
            for record in records {
                let entry = record.entry
                table.add([
                    .integer(record.seq), record.at.text.cell, entry.actor.cell, entry.role.cell, entry.address.cell,
                    entry.action.cell, entry.target.cell, entry.outcome.rawValue.cell, entry.requestID.cell,
                    entry.detail.cell,
                ])
            }
            return table
        }
    }
}
