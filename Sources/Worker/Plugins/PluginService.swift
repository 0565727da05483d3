import Cryptography
import Feishu
import JSON
import Logging
import Platform
import Plugins
import ServiceLifecycle

/// Keeps this worker's plugins as the registry has them, and tells the registry how they fare.
///
/// A change is seen within half a second. Stops after the jobs have ended; all child processes are gone then.
struct PluginService: Service {
    /// What the supervisor tells, on any thread.
    enum News: Sendable {
        case standing(PluginRunStanding)
        case log(PluginName, [String])
        case heldBack(PluginName)
    }

    private static let look: Duration = .milliseconds(500)
    private static let report: Duration = .seconds(10)
    /// For how long an upgrade is tried.
    static let trial: Duration = .seconds(30)
    private static let heldBack = "held back: it uses more of the processor than plugins.cpu allows"

    let registry: PluginRegistry
    let supervisor: PluginSupervisor
    let plugins: LocalPlugins
    let unpacking: PluginUnpacking
    /// Told the apps that `feishu-adapter` brings, with each change.
    var join: @Sendable ([FeishuApp]) -> Void
    /// This worker's name in standings.
    let worker: String
    let news: AsyncStream<News>
    let clock: any Clock<Duration>
    let now: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await supervisor.run() }
                group.addTask { await follow() }
                group.addTask { await listen() }
                group.addTask { await reportAll() }
            }
        }
    }

    // MARK: What is wanted

    private func follow() async {
        var known: Int64?
        var trials = UpgradeTrials()
        var isSilent = false
        while !Task.isCancelled {
            do throws(PluginRegistryError) {
                let revision = try await registry.revision()
                if revision != known {
                    try await take(try await registry.records())
                    known = revision
                }
                try await settle(&trials)
                isSilent = false
            } catch {
                // Once for each outage: it is asked twice a second.
                if !isSilent { logger.warning("plugins stay as they are", metadata: ["error": "\(error)"]) }
                isSilent = true
            }
            guard (try? await clock.sleep(for: Self.look)) != nil else { return }
        }
    }

    private func take(_ records: [PluginRecord]) async throws(PluginRegistryError) {
        var installed: [LocalPlugins.Installed] = []
        var desired: [DesiredPlugin] = []
        for record in records {
            let (plugin, wanted) = try await unpacking.plugin(record)
            installed.append(plugin)
            if let wanted { desired.append(wanted) }
            guard let problem = plugin.problem else { continue }
            logger.error("a plugin cannot be run", metadata: ["plugin": "\(record.name)", "error": "\(problem)"])
            await tell(record.name, .failed, record.generation, problem)
        }
        plugins.take(installed)
        join(apps(of: records))
        supervisor.apply(desired)
        plugins.refresh()
        logger.info("plugins are as installed", metadata: ["plugins": "\(installed.count)", "run": "\(desired.count)"])
    }

    private func apps(of records: [PluginRecord]) -> [FeishuApp] {
        records.filter { $0.isEnabled && $0.source == .builtIn && $0.name.rawValue == FeishuAdapterPlugin.name }
            .compactMap { record in plugins.installed[record.name]?.releases.first?.settings.complete }
            .compactMap { FeishuApp(adapter: $0) }
    }

    /// Takes back upgrades that have not become healthy here in time.
    private func settle(_ trials: inout UpgradeTrials) async throws(PluginRegistryError) {
        let records = plugins.installed.values.map(\.record)
        for record in records where record.isUpgrading && record.source == .builtIn {
            // What runs is this program, which is there.
            try await registry.finishUpgrade(record.name, generation: record.generation)
        }
        let standings = supervisor.standings
        for record in trials.overdue(records.filter { $0.isUpgrading && $0.isEnabled }) {
            let isHealthy = standings.contains {
                $0.name == record.name && $0.revision == record.generation && $0.state == .healthy
            }
            let problem = plugins.installed[record.name]?.problem
            if isHealthy {
                try await registry.finishUpgrade(record.name, generation: record.generation)
            } else {
                let reason = problem ?? "it was not healthy within \(Self.trial.components.seconds) seconds"
                try await registry.rollBack(record.name, generation: record.generation, reason: reason)
            }
        }
    }

    // MARK: What there is to tell

    private func listen() async {
        for await news in news {
            switch news {
            case .standing(let standing):
                plugins.refresh()
                await report(standing)
                await judge(standing)
            case .log(let name, let lines): await write(lines, toLogOf: name)
            case .heldBack(let name):
                logger.warning("a plugin is held back, see plugins.cpu", metadata: ["plugin": "\(name)"])
                await write([Self.heldBack], toLogOf: name)
            }
        }
    }

    private func reportAll() async {
        while (try? await clock.sleep(for: Self.report)) != nil {
            for standing in supervisor.standings { await report(standing) }
            for plugin in plugins.installed.values {
                guard let problem = plugin.problem else { continue }
                await tell(plugin.record.name, .failed, plugin.record.generation, problem)
            }
        }
    }

    private func report(_ standing: PluginRunStanding) async {
        switch standing.state {
        case .starting: await tell(standing.name, .starting, standing.revision)
        case .healthy:
            let isHeldBack = supervisor.heldBack.contains(standing.name)
            await tell(standing.name, .healthy, standing.revision, isHeldBack ? Self.heldBack : nil)
        case .failed(let reason): await tell(standing.name, .failed, standing.revision, reason)
        }
    }

    private func tell(
        _ name: PluginName,
        _ state: PluginStanding.State,
        _ generation: Int64,
        _ detail: String? = nil
    ) async {
        let standing = PluginStanding(worker: worker, state: state, generation: generation, at: now(), detail: detail)
        await attempt("how a plugin fares is not told") { () async throws(PluginRegistryError) in
            try await registry.report(standing, of: name)
        }
    }

    /// An upgrade that is healthy here is confirmed, and one that failed is taken back: the first worker to know decides.
    private func judge(_ standing: PluginRunStanding) async {
        guard let record = plugins.installed[standing.name]?.record, record.isUpgrading,
            record.generation == standing.revision
        else { return }
        await attempt("an upgrade is not settled") { () async throws(PluginRegistryError) in
            switch standing.state {
            case .starting: return
            case .healthy: try await registry.finishUpgrade(standing.name, generation: standing.revision)
            case .failed(let reason):
                try await registry.rollBack(standing.name, generation: standing.revision, reason: reason)
            }
        }
    }

    private func write(_ lines: [String], toLogOf name: PluginName) async {
        let secrets = plugins.installed[name]?.releases.flatMap(\.settings.secrets) ?? []
        await attempt("lines of a plugin's log are lost") { () async throws(PluginRegistryError) in
            try await registry.append(lines, toLogOf: name, hiding: secrets)
        }
    }

    /// Does what only tells: where it fails, that is logged.
    private func attempt(_ failure: Logger.Message, _ body: () async throws(PluginRegistryError) -> Void) async {
        do throws(PluginRegistryError) {
            try await body()
        } catch {
            logger.debug(failure, metadata: ["error": "\(error)"])
        }
    }
}

/// Since when upgrades are tried by this worker.
struct UpgradeTrials {
    private var since: [PluginName: (generation: Int64, at: ContinuousClock.Instant)] = [:]

    /// Those that are tried for too long by now; each is begun to be tried where it was not yet.
    mutating func overdue(_ upgrading: [PluginRecord], at time: ContinuousClock.Instant = .now) -> [PluginRecord] {
        since = since.filter { entry in upgrading.contains { $0.name == entry.key } }
        return upgrading.filter { record in
            if let trial = since[record.name], trial.generation == record.generation {
                return time - trial.at >= PluginService.trial
            }
            since[record.name] = (record.generation, time)
            return false
        }
    }
}

extension PluginCall.Settings {
    /// What is in the whole and not in what everybody may read: to be kept out of logs. What is very short would blank
    /// out half of them.
    var secrets: [Secret] {
        let known = Self.texts(of: .object(open))
        return Self.texts(of: .object(complete)).subtracting(known).filter { $0.utf8.count >= 4 }
            // The longest first: one may be a part of another.
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
            .map { Secret($0) }
    }

    private static func texts(of value: JSONValue) -> Set<String> {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.reduce(into: []) { $0.formUnion(texts(of: $1)) }
        case .object(let object): object.members.reduce(into: []) { $0.formUnion(texts(of: $1.value)) }
        case .null, .bool, .integer, .double, .number: []
        }
    }
}
