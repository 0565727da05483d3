import ArgumentParser
import HTTP
import HTTPClient
import JSON
import Platform

struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Asks the gateway, or a worker, whether it serves.",
        discussion: """
            Prints the answer, such as {"status":"healthy","uptime":120}, and exits with 0; with 1 when the answer is \
            another, with 3 when there is none.
            """
    )

    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        help: ArgumentHelp("Ask here (default: the gateway of the configuration, on this machine).", valueName: "url")
    )
    var url: String?

    @Flag(help: "Ask the worker of the configuration (worker.port) instead of the gateway.")
    var worker = false

    @Flag(help: "Ask whether it can do its work too (/readyz), not only whether it serves (/healthz).")
    var ready = false

    @Option(help: ArgumentHelp("Seconds to wait for the answer.", valueName: "seconds"))
    var timeout: Double = 5

    func validate() throws {
        guard (0.1...60).contains(timeout) else { throw ValidationError("--timeout takes 0.1 to 60 seconds") }
    }

    func run() async throws {
        let address: String
        if let url {
            address = url
        } else {
            let settings = try configuration.load()
            address = try worker ? HealthAddress.worker(settings.worker) : HealthAddress.gateway(settings.gateway)
        }
        let probe = HealthProbe(url: HealthAddress.withPath(address, ready: ready), timeout: .seconds(timeout))
        let answer = try await probe.ask()
        StandardOutput.write("\(answer)\n")
    }
}

/// Where health is served, as seen from the same machine.
enum HealthAddress {
    static func gateway(_ gateway: Configuration.Gateway) -> String {
        "\(gateway.tls == nil ? "http" : "https")://\(reachable(gateway.host)):\(gateway.port)"
    }

    /// - Throws: `CommandFailure` where the worker serves no health.
    static func worker(_ worker: Configuration.Worker) throws(CommandFailure) -> String {
        guard worker.port > 0 else {
            throw CommandFailure(.usage, "worker.port (WORKER_PORT) is 0, so the worker serves no health; set it")
        }
        return "http://\(reachable(worker.host)):\(worker.port)"
    }

    /// A URL without a path gets the one that is asked for.
    static func withPath(_ url: String, ready: Bool) -> String {
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        let afterScheme = base.firstIndex(of: ":").map { base[$0...].dropFirst(3) } ?? base
        return afterScheme.contains("/") ? String(base) : "\(base)/\(ready ? "readyz" : "healthz")"
    }

    /// An address that means "all of them" is asked on the loopback interface.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        }
    }
}

/// One question about health.
struct HealthProbe {
    let url: String
    let timeout: Duration

    /// The answer's text when it is good.
    ///
    /// - Throws: `CommandFailure`: `.failed` with the answer when it is not good, `.unreachable` when there is none.
    func ask() async throws(CommandFailure) -> String {
        switch await answer() {
        case .failure(let error) where error.code == .invalidRequest:
            throw CommandFailure(.usage, "cannot ask \(TerminalText.line(url)): \(error.detail)")
        case .failure(let error):
            throw CommandFailure(.unreachable, "\(error)")
        case .success(let response):
            let text = TerminalText.line(String(decoding: response.body, as: UTF8.self), limit: 4_096)
            let status = (try? JSONValue(parsing: response.body))?["status"]?.string
            guard response.status == 200, status == "healthy" || status == "ready" else {
                throw CommandFailure(.failed, "status \(response.status): \(text)")
            }
            return text
        }
    }

    /// The status of the answer, whatever it says; nil when there is none.
    func status() async -> Int? {
        guard case .success(let response) = await answer() else { return nil }
        return response.status
    }

    private func answer() async -> Result<HTTPClientResponse, HTTPClientError> {
        let client = HTTPClient()
        let request = HTTPClientRequest(
            url: url,
            deadlines: HTTPClientDeadlines(connect: timeout, idle: timeout, total: timeout),
            maximumResponseBytes: 1 << 20
        )
        let result: Result<HTTPClientResponse, HTTPClientError>
        do throws(HTTPClientError) {
            result = .success(try await client.execute(request))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return result
    }
}
