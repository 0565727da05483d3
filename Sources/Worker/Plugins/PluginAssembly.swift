import Assistant
import Cryptography
import Feishu
import FoundationEssentials
import HTTPClient
import JSON
import JobQueue
import Logging
import Platform
import PluginPython
import Plugins
import Redis
import ServiceLifecycle

/// What runs and calls plugins in a worker, put together from the configuration.
struct PluginAssembly {
    let host: LocalPlugins
    let parts: PluginParts
    /// Nil where no secret can be kept, so no service installed.
    let examination: PluginExamineJob?
    private let service: PluginService

    /// - Parameters:
    ///   - configuration: All of it.
    ///   - redis: Where they are installed.
    ///   - http: Calls them.
    ///   - logger: The logger.
    /// - Throws: `AssemblyProblem` for a key or a network that is none.
    init(
        _ configuration: Configuration,
        redis: RedisClient,
        http: HTTPClient,
        logger: Logger
    ) throws(AssemblyProblem) {
        let settings = configuration.plugins
        let sealing = try Self.sealingKey(settings)
        guard let addresses = AddressPolicy(allowedNetworks: settings.allowedNetworks) else {
            throw AssemblyProblem(
                description: "plugins.allowed_networks: expected networks in CIDR notation, such as 10.1.0.0/16"
            )
        }
        let now: @Sendable () -> Int64 = { WireTime.now.milliseconds }
        let time: @Sendable () -> ISODate = { WireTime.now.date }
        let worker = TaskID.random().rawValue
        let folder = Self.folder(settings.directory, logger: logger)
        let registry = PluginRegistry(redis: redis, sealing: sealing, logger: logger, now: now)
        let (news, telling) = AsyncStream<PluginService.News>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
        let supervisor = PluginSupervisor(
            PluginSupervisor.Configuration(
                surroundings: Self.surroundings(settings, below: folder, logger: logger),
                addresses: addresses,
                transport: http,
                now: time,
                metrics: PluginMetrics(),
                log: { telling.yield(.log($0, $1)) },
                standing: { telling.yield(.standing($0)) },
                heldBack: { telling.yield(.heldBack($0)) }
            )
        )
        host = LocalPlugins(supervisor: supervisor)
        parts = PluginParts(host: host, memory: PluginMemory(redis: redis))
        examination = sealing.map { key in
            PluginExamineJob(
                examiner: ServiceExaminer(addresses: addresses, transport: http, now: time),
                sealing: key
            )
        }
        service = PluginService(
            registry: registry,
            supervisor: supervisor,
            plugins: host,
            unpacking: PluginUnpacking(registry: registry, folder: "\(folder)/packages"),
            join: { _ in },
            worker: worker,
            news: news,
            clock: ContinuousClock(),
            now: now,
            logger: logger
        )
    }

    /// What keeps the plugins as they are installed.
    ///
    /// - Parameter join: Told the apps that `feishu-adapter` brings, with each change.
    /// - Returns: The service.
    func service(joining join: @escaping @Sendable ([FeishuApp]) -> Void) -> PluginService {
        var service = service
        service.join = join
        return service
    }

    /// What child processes get. Says so where the kernel cannot confine them.
    private static func surroundings(
        _ settings: Configuration.Plugins,
        below folder: String,
        logger: Logger
    ) -> PluginSurroundings {
        let surroundings = PluginSurroundings(
            scratch: "\(folder)/scratch",
            user: settings.user,
            pythonPath: pythonPath(below: folder, logger: logger),
            environment: ProcessInfo.processInfo.environment,
            sandboxing: settings.requiresSandbox ? .required : .automatic,
            readable: settings.readable,
            processor: settings.processors.map { ProcessorBudget.Limit(share: $0) }
        )
        if settings.isEnabled, !surroundings.canConfine {
            logger.warning(
                "this kernel does not confine plugins",
                metadata: [
                    "needed": "Landlock, Linux 5.13",
                    "effect": settings.requiresSandbox
                        ? "none is started, see plugins.sandbox" : "they may read what their user may",
                ]
            )
        }
        return surroundings
    }

    private static func sealingKey(_ settings: Configuration.Plugins) throws(AssemblyProblem) -> SealingKey? {
        do throws(PluginsKeyProblem) {
            return try settings.sealingKey()
        } catch {
            throw AssemblyProblem(description: "\(error)")
        }
    }

    /// The configured folder, or one that goes with the machine's temporary files where that cannot be had.
    private static func folder(_ configured: String, logger: Logger) -> String {
        if isUsable(configured) { return configured }
        let folder = FileManager.default.temporaryDirectory.appending(path: "ai-assistant-plugins").path
        logger.warning(
            "plugins are unpacked among temporary files, since their folder cannot be written to",
            metadata: ["folder": "\(configured)", "used": "\(folder)"]
        )
        return folder
    }

    /// Where the Python SDK is that our plugins import; nil where it cannot be written: those in Python that need it end
    /// at their start, which their standing says.
    private static func pythonPath(below folder: String, logger: Logger) -> String? {
        do {
            return try PythonPackage.write(into: "\(folder)/python")
        } catch {
            logger.error("plugins in Python have no SDK", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func isUsable(_ folder: String) -> Bool {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return false
        }
        return FileManager.default.isWritableFile(atPath: folder)
    }
}
