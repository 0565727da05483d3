import ArgumentParser
import JSON
import Platform
import Redis

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds the first record that was changed, removed, put in or moved.",
            discussion: """
                Exit status 0 says that all is whole, 1 that it is not. Who can write to Redis can write a whole new \
                log, which is whole in itself: compare it with a file kept elsewhere, or with a hash noted before.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Option(
            help: ArgumentHelp(
                "Look at this file of records in place of Redis; of rotated ones name each, the oldest first.",
                valueName: "path"
            )
        )
        var file: [String] = []
        @Flag(help: "Also hold the files against Redis.")
        var compare = false

        func validate() throws {
            guard !compare || !file.isEmpty else { throw ValidationError("--compare takes what to compare: --file") }
        }

        func run() async throws {
            var report: AuditReport
            if file.isEmpty {
                let settings = try configuration.load()
                report = try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                    try await AuditVerification(redis: redis).verify()
                }
            } else {
                do throws(AuditError) {
                    report = try AuditVerification.verify(files: file)
                } catch {
                    throw CommandFailure(.failed, "\(error)")
                }
                if compare, report.breach == nil { report.breach = try await difference() }
            }
            StandardOutput.write(details(report).text(as: options.output))
            if report.breach != nil { throw CommandFailure(.failed) }
        }

        private func difference() async throws -> AuditBreach? {
            let settings = try configuration.load()
            return try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                try await AuditVerification(redis: redis).compare(files: file)
            }
        }

        private func details(_ report: AuditReport) -> Details {
            var details = Details()
            details.add("CHECKED", file.isEmpty ? "redis" : compare ? "files, and redis against them" : "files")
            details.add("WHOLE", .bool(report.breach == nil))
            details.add("RECORDS", .integer(Int64(report.count)))
            details.add("FIRST", report.first.map { .integer($0) })
            details.add("LAST", (report.last?.seq).map { .integer($0) })
            details.add("HASH", report.last?.hash)
            details.add("PROBLEM", report.breach?.kind.rawValue)
            details.add("RECORD", (report.breach?.seq).map { .integer($0) })
            details.add("REASON", report.breach?.description)
            return details
        }
    }
}
