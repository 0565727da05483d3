import Feishu
import FoundationEssentials
package import Logging
import ServiceLifecycle
package import TimeZones

/// Keeps the rules in force as their file is.
///
/// It looks every so often. A file that is wrong, or away, is told once and changes nothing: the rules before stay in force.
package actor RulesFile: Service {
    /// What tells that a file changed.
    private struct Stamp: Equatable {
        let modified: Date?
        let bytes: Int
    }

    private static let maximumBytes = 1 << 20

    private let path: String
    private let book: RuleBook
    private let zone: TimeZoneRules
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var known: Stamp?
    private var wasThere = true

    /// - Parameters:
    ///   - path: of the file.
    ///   - book: where its rules go.
    ///   - zone: of schedules that name none.
    ///   - interval: between two looks.
    ///   - clock: by which it waits.
    ///   - logger: hears what is wrong.
    package init(
        path: String,
        book: RuleBook,
        zone: TimeZoneRules,
        interval: Duration = .seconds(10),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.path = path
        self.book = book
        self.zone = zone
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// The rules of a file, as a program reads them that would rather not start than run without.
    ///
    /// - Throws: `RuleProblems`.
    package static func rules(at path: String, zone: TimeZoneRules) throws(RuleProblems) -> Rules {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw RuleProblems(problems: [RuleProblem(path: "", explanation: "\(path) cannot be read")])
        }
        guard data.count <= maximumBytes else {
            throw RuleProblems(problems: [
                RuleProblem(path: "", explanation: "\(path) has more than \(maximumBytes) bytes")
            ])
        }
        return try Rules(
            yaml: String(decoding: data, as: UTF8.self),
            zone: zone,
            events: EventType.known.union([EventType.cardAction])
        )
    }

    /// Looks now and at every interval, until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.watch() } }

    private func watch() async {
        while !Task.isCancelled {
            refresh()
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }

    /// Looks once.
    package func refresh() {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            if wasThere { logger.error("cannot read the rules file; its rules stay in force") }
            wasThere = false
            return
        }
        wasThere = true
        let bytes = (attributes[.size] as? UInt64).map { Int($0) } ?? attributes[.size] as? Int ?? 0
        let stamp = Stamp(modified: attributes[.modificationDate] as? Date, bytes: bytes)
        guard stamp != known else { return }
        known = stamp
        do throws(RuleProblems) {
            let rules = try Self.rules(at: path, zone: zone)
            guard rules != book.rules else { return }
            book.rules = rules
            logger.info("automation rules are in force", metadata: ["rules": "\(rules.rules.count)"])
        } catch {
            for problem in error.problems {
                logger.error(
                    "the rules file is wrong; the rules before stay in force",
                    metadata: ["problem": "\(problem)"]
                )
            }
        }
    }
}
