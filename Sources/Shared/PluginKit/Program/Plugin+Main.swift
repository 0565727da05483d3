import Glibc
import JSON
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

extension Plugin {
    /// The plugin's program: does what its arguments ask. Exit status 0: done; 1: failed, with a sentence; 2: not
    /// understood.
    @concurrent
    public static func main() async {
        let environment = WorkerEnvironment()
        let name = CommandLine.arguments.first ?? manifest.name
        do {
            try await run(ProgramArguments(Array(CommandLine.arguments.dropFirst())), in: environment)
        } catch let error as ProgramArguments.NotUnderstood {
            complain("\(error.description)\nusage: \(name) COMMAND\n\(ProgramArguments.usage)")
            exit(2)
        } catch {
            complain("\(error)\n")
            exit(1)
        }
    }

    private static func run(_ arguments: ProgramArguments, in environment: WorkerEnvironment) async throws {
        let problems = manifest.problems
        guard problems.isEmpty else {
            throw ServingError("the manifest is not as the contract wants it\n" + problems.joined(separator: "\n"))
        }
        guard configurationSchema.object != nil else {
            throw ServingError("the schema of the configuration is no object")
        }
        switch arguments {
        case .serve(let serving): try await serve(serving, in: environment)
        case .manifest:
            let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? manifest.name
            var document = manifest.document
            document["command"] = [.string("./\(program)")]
            print(JSONValue.object(document).text)
        case .schema: print(configurationSchema.text)
        case .call(let text, let configuration, let language):
            print(try await reply(to: text, configuration: configuration, language: language).document.text)
        case .help: print("usage: \(CommandLine.arguments.first ?? manifest.name) COMMAND\n\(ProgramArguments.usage)")
        }
    }

    private static func serve(_ serving: ProgramArguments.Serving, in environment: WorkerEnvironment) async throws {
        let secret = serving.isInsecure ? nil : try environment.secret(file: serving.secretFile)
        let place: PluginServer.Place =
            try environment.descriptor().map { .descriptor($0) } ?? .address(host: serving.host, port: serving.port)
        let logger = Logger(label: manifest.name)
        let server = PluginServer(
            of: Self(),
            at: place,
            secret: secret,
            prefix: serving.prefix,
            logger: logger
        ) { address in
            let host = address?.ipAddress ?? serving.host
            let shown = host.contains(":") ? "[\(host)]" : host
            logger.info("listening", metadata: ["url": "http://\(shown):\(address?.port ?? serving.port)"])
        }
        try await ProgramLife.run(server, logger: logger)
    }

    private static func complain(_ text: String) {
        var text = "error: \(text)"
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}

/// The life of a plugin's program.
enum ProgramLife {
    /// What is under way when the program is asked to end may take so long: a worker kills after 5 seconds.
    private static let grace: Duration = .milliseconds(4_500)

    /// Runs a server until SIGTERM or SIGINT, then ends what is under way.
    ///
    /// - Throws: What ended the server.
    static func run(_ server: PluginServer, logger: Logger) async throws {
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet(logger)
            )
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            group.addTask {
                // Calls that do not end are ended with the program.
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    try await Task.sleep(for: grace)
                    exit(0)
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// What is said of services is of no use in a plugin's log.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
