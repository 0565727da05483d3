import ArgumentParser
import JSON
import Platform
import Redis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension AuditCommand {
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes old records from Redis for good.",
            discussion: """
                Asks first; without a terminal it does nothing unless --yes says so. The gateway does the same by \
                itself, with audit.keep. Files are left alone. That records were removed is recorded.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Keep the records of so many days.", valueName: "days"))
        var keep: Int
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func validate() throws {
            guard (1...36_500).contains(keep) else { throw ValidationError("--keep takes 1 to 36500 days") }
            guard yes || Confirmation.canAsk else {
                throw ValidationError("there is no terminal to ask on: --yes removes without asking")
            }
        }

        func run() async throws {
            let settings = try configuration.load()
            if !yes { try Confirmation.ask("Remove all audit records older than \(keep) days for good?") }
            let removed = try await RedisAccess.with(settings.redis) { redis async throws(AuditError) in
                let trail = AuditTrail(
                    redis: redis,
                    file: settings.administration.auditFile,
                    logger: RedisAccess.silentLogger
                )
                // The file first: what is removed is in it then.
                try await trail.catchUp()
                return try await AuditRetention(redis: redis, log: trail)
                    .prune(olderThan: keep, by: .init(actor: "local:\(Self.user)", role: "admin"))
            }
            var table = Table([.init("REMOVED", isNumber: true)])
            table.add([.integer(Int64(removed))])
            StandardOutput.write(table.text(as: options.output))
        }

        /// Who runs this process, by name where it has one.
        private static var user: String {
            guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "\(getuid())" }
            return String(cString: name)
        }
    }
}
