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

        @OptionGroup var admin: AdminOptions
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
            guard !compare || admin.connection.serverURL == nil else {
                throw ValidationError("--compare looks into Redis itself: leave --server out")
            }
        }

        func run() async throws {
            let report = file.isEmpty ? try await logReport() : try await filesReport()
            var details = Details()
            details.add("CHECKED", file.isEmpty ? "redis" : compare ? "files, and redis against them" : "files")
            details.add("WHOLE", report["is_whole"])
            details.add("RECORDS", report["records"])
            details.add("FIRST", report["first"])
            details.add("LAST", report["last"])
            details.add("HASH", report["head"])
            details.add("PROBLEM", report["breach"]?["kind"])
            details.add("RECORD", report["breach"]?["seq"])
            details.add("REASON", report["breach"]?["detail"])
            StandardOutput.write(details.text(as: options.output))
            if report["is_whole"]?.bool != true { throw CommandFailure(.failed) }
        }

        private func logReport() async throws -> JSONValue {
            try await AdminSession.with(admin) { session in try await session.ask("GET", "audit", "verification") }
        }

        private func filesReport() async throws -> JSONValue {
            var report: AuditReport
            do throws(AuditError) {
                report = try AuditVerification.verify(files: file)
            } catch {
                throw CommandFailure(.failed, "\(error)")
            }
            if compare, report.breach == nil {
                let settings = try admin.load()
                report.breach = try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                    try await AuditVerification(redis: redis).compare(files: file)
                }
            }
            return report.json
        }
    }
}
