import ArgumentParser
import FeishuSandbox
import HTTPClient
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

/// `sandbox`: a local stand-in for Feishu's cloud with a chat page.
@main
struct SandboxCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "A local stand-in for Feishu's cloud, with a chat page, for trying the product and for tests.",
        discussion: """
            Each option may also come from the environment: SANDBOX_HOST, SANDBOX_PORT, SANDBOX_GATEWAY_URL, \
            SANDBOX_APP_ID and so on. The secrets come only from there, or from a file named there: \
            SANDBOX_APP_SECRET, SANDBOX_ENCRYPT_KEY, SANDBOX_VERIFICATION_TOKEN, each also with _FILE. \
            An empty encrypt key sends events in clear and unsigned.
            """,
        version: BuildInfo.version
    )

    @Option(help: "Address to listen on. (default: 127.0.0.1)") var host: String?
    @Option(help: "Port to listen on, 0 for any. (default: 8090)") var port: Int?
    @Option(help: "Where the gateway is, such as http://127.0.0.1:8080; a path other than / is used as it is.")
    var gatewayURL: String?
    @Option(help: "The app's id.") var appID: String?
    @Option(help: "File that holds the app's secret.") var appSecretFile: String?
    @Option(help: "File that holds the encrypt key.") var encryptKeyFile: String?
    @Option(help: "File that holds the verification token.") var verificationTokenFile: String?
    @Option(help: "Where clicks on cards go, if not where events do.") var callbackURL: String?
    @Option(help: "Scopes granted besides the usual ones, separated by commas, such as im:message.group_msg.")
    var grant: String?
    @Option(help: "JSON file with further apps of the tenant; see docs/sandbox.md.") var appsFile: String?
    @Option(help: "How many times faster failed events come again. (default: 1)") var redeliverySpeed: Double?
    @Option(help: "Life of an access token, in seconds. (default: 7200)") var tokenLifetime: Int?
    @Option(help: "Seconds by which its clock is ahead of the machine's, or with - behind it. (default: 0)")
    var clockOffset: Int?
    @Flag(help: "Answer as fast as asked: no frequency limits.") var unlimited = false
    @Option(help: "Language of the demonstration: zh-CN or en. (default: zh-CN)") var language: String?
    @Flag(help: "Play one conversation in the terminal first.") var demo = false
    @Flag(help: "With --demo: end afterwards, with status 0 only if the bot replied.") var once = false
    @Option(help: "Seconds the demonstration may take.") var timeout = 60

    func validate() throws {
        guard !once || demo else { throw ValidationError("--once needs --demo") }
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout must be 1 to 3600") }
    }

    func run() async throws {
        let settings = try Settings(of: self)
        var logger = Logger(label: "sandbox")
        logger.logLevel = settings.logLevel
        let client = HTTPClient()
        let cloud = FeishuCloud(
            configuration: settings.sandbox,
            time: .ahead(by: .seconds(settings.clockOffset)),
            carrier: HTTPCarrier(http: client)
        )
        let stage = Stage(
            cloud: cloud,
            demonstration: demo
                ? Demonstration(
                    cloud: cloud,
                    isChinese: settings.isChinese,
                    timeout: .seconds(timeout),
                    show: { StandardOutput.write($0 + "\n") }
                ) : nil,
            endsAfterwards: once
        )
        let server = SandboxServer(cloud: cloud, logger: logger) { port in stage.opened(port: port) }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server),
                    .init(
                        service: stage,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    ),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        let result: Result<Void, any Error>
        do { result = .success(try await group.run()) } catch { result = .failure(error) }
        await client.shutdown()
        if case .failure(let error) = result {
            throw CommandFailure(.failed, "\(error)")
        }
    }
}
