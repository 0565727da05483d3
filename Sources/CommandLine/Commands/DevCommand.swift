import ArgumentParser
import Cryptography
import FoundationEssentials
import Platform
import Processes
import Redis

struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Starts everything on this machine and plays one conversation.",
        discussion: """
            Starts a private redis-server (append-only, under the data directory), gateway, worker and the sandbox that \
            stands in for Feishu's cloud, on the loopback interface and free ports, with secrets made for this run. \
            Ctrl-C stops everything. Other settings, such as LLM_PROVIDER, come from the environment as usual.
            """
    )

    @Flag(help: "End after the conversation, with status 0 only if the reply arrived.")
    var once = false

    @Option(help: ArgumentHelp("Where Redis keeps its file.", valueName: "path"))
    var data = ".data"

    @Option(help: ArgumentHelp("Seconds each program may take to get ready.", valueName: "seconds"))
    var patience: Int = 30

    func validate() throws {
        guard (1...600).contains(patience) else { throw ValidationError("--patience takes 1 to 600") }
    }

    func run() async throws {
        let directory = try DataDirectory(data)
        let plan = try plan(in: directory)
        let stage = DevelopmentStage()
        let result: Result<ProcessEnding?, any Error>
        do {
            result = .success(try await play(plan, lock: directory.lock, on: stage))
        } catch {
            result = .failure(error)
        }
        await stage.stop(within: .seconds(15))
        switch try result.get() {
        case nil, .status(0): return
        case let ending?: throw CommandFailure(.failed, "the demonstration ended \(ending)")
        }
    }

    private func plan(in directory: DataDirectory) throws -> DevelopmentPlan {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw CommandFailure(.failed, "cannot tell where this program is")
        }
        let programs = own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        for name in ["gateway", "worker", "sandbox"]
        where !FileManager.default.isExecutableFile(atPath: "\(programs)/\(name)") {
            throw CommandFailure(.failed, "\(programs)/\(name) is missing: build all programs first")
        }
        return DevelopmentPlan(
            programs: programs,
            dataPath: directory.path,
            socketPath: try directory.socketPath(),
            ports: .init(gateway: FreePort.near(8080), worker: FreePort.near(8081), sandbox: FreePort.near(8090)),
            secrets: .random(),
            environment: ProcessInfo.processInfo.environment,
            isOnce: once
        )
    }

    private func play(
        _ plan: DevelopmentPlan,
        lock: Int32,
        on stage: DevelopmentStage
    ) async throws -> ProcessEnding? {
        try Data(plan.redisSettings.utf8).write(to: URL(filePath: plan.redisSettingsPath), options: .atomic)
        try Self.makeKey(at: plan.pluginsKeyPath)
        try stage.start(plan.redis(lock: lock))
        let limit = Duration.seconds(patience)
        let redisURL = plan.redisURL
        try await stage.waitUntilReady("redis", within: limit) { await Self.answers(redisURL) }
        try stage.start(plan.gateway)
        try stage.start(plan.worker)
        for (name, url) in [("gateway", "\(plan.gatewayURL)/readyz"), ("worker", "\(plan.workerURL)/healthz")] {
            try await stage.waitUntilReady(name, within: limit) { await Self.isWell(url) }
        }
        try stage.start(plan.sandbox)
        if !once {
            let chat = plan.chatURL
            try await stage.waitUntilReady("sandbox", within: limit) { await Self.serves(chat) }
            StandardOutput.write(Self.welcome(plan))
        }
        return try await stage.waitForEnd(of: "sandbox")
    }

    /// A key for the secrets of plugins, where there is none yet.
    private static func makeKey(at path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let text = Hex.encode(RandomBytes.generate(count: 32)) + "\n"
        guard
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw CommandFailure(.failed, "cannot write \(path)") }
    }

    static func welcome(_ plan: DevelopmentPlan) -> String {
        """

        chat page   \(plan.chatURL)
        gateway     \(plan.gatewayURL)   (\(plan.gatewayURL)/metrics)
        queues      redis-cli -s \(plan.socketPath) LLEN interactive
        commands    export REDIS_URL=\(plan.redisURL) PLUGINS_KEY_FILE=\(plan.pluginsKeyPath) PLUGINS_ALLOWED_NETWORKS=127.0.0.0/8
                    \(plan.programs)/ai-assistant plugins list
        stop        Ctrl-C


        """
    }

    private static func answers(_ redisURL: String) async -> Bool {
        do {
            let configuration = try RedisConfiguration(url: redisURL)
            let redis = try RedisClient(configuration: configuration, logger: RedisAccess.silentLogger)
            defer { redis.close() }
            return try await redis.send(RedisCommand("PING"), timeout: .seconds(1)).string == "PONG"
        } catch {
            return false
        }
    }

    private static func isWell(_ url: String) async -> Bool {
        (try? await HealthProbe(url: url, timeout: .seconds(1)).ask()) != nil
    }

    private static func serves(_ url: String) async -> Bool {
        await HealthProbe(url: url, timeout: .seconds(1)).status() == 200
    }
}
