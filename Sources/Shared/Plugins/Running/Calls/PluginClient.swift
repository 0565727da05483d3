package import HTTP
package import JSON
import Redis

/// Calls one plugin where it runs now: signed, within deadlines and bounds, as many at once as it allows, not at all while
/// it keeps failing, and again only where it says that this is safe.
package final class PluginClient: Sendable {
    private static let mostRetries = 2

    package let manifest: PluginManifest
    private let exchange: PluginExchange
    private let gate: CallGate
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ISODate
    private let metrics: PluginMetrics
    private let backoff = Backoff(base: .milliseconds(200), cap: .seconds(2))

    init(
        endpoint: PluginEndpoint,
        manifest: PluginManifest,
        gate: CallGate,
        transport: any HTTPTransport,
        clock: any Clock<Duration>,
        now: @escaping @Sendable () -> ISODate,
        metrics: PluginMetrics
    ) {
        self.manifest = manifest
        self.gate = gate
        self.clock = clock
        self.now = now
        self.metrics = metrics
        exchange = PluginExchange(endpoint: endpoint, transport: transport, clock: clock)
    }

    /// A client with places and a breaker of its own, for a plugin that no supervisor watches.
    ///
    /// - Parameters:
    ///   - endpoint: Where the plugin is.
    ///   - manifest: What it may see, and how it is called.
    ///   - transport: Sends the requests.
    ///   - clock: What waiting is measured by.
    ///   - now: The time of the signatures and of the deadline that the plugin is told.
    ///   - metrics: Where calls are counted.
    package convenience init(
        _ endpoint: PluginEndpoint,
        manifest: PluginManifest,
        transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ISODate,
        metrics: PluginMetrics
    ) {
        self.init(
            endpoint: endpoint,
            manifest: manifest,
            gate: CallGate(concurrency: manifest.concurrency, clock: clock),
            transport: transport,
            clock: clock,
            now: now,
            metrics: metrics
        )
    }

    /// Calls it. Waiting for a place and tries again count, too.
    ///
    /// - Parameters:
    ///   - call: What we know.
    ///   - budget: How long the caller has; the plugin's own limit holds as well.
    /// - Returns: The answer.
    /// - Throws: `PluginFailure`.
    package func call(_ call: PluginCall, within budget: Duration) async throws(PluginFailure) -> PluginReply {
        let elapsed = clock.stopwatch()
        do throws(PluginFailure) {
            let reply = try await placed(call, within: min(budget, manifest.timeout), elapsed: elapsed)
            metrics.called(manifest.name, outcome: "answered", took: elapsed())
            return reply
        } catch {
            metrics.called(manifest.name, outcome: error.code, took: elapsed())
            throw error
        }
    }

    private func placed(
        _ call: PluginCall,
        within limit: Duration,
        elapsed: () -> Duration
    ) async throws(PluginFailure) -> PluginReply {
        let body = try call.body(permitted: manifest.permissions, deadline: now().advanced(by: limit))
        guard await gate.bulkhead.enter(within: limit) else { throw Task.isCancelled ? .cancelled : .full }
        defer { gate.bulkhead.leave() }
        var failures = 0
        while true {
            do throws(PluginFailure) {
                return try await attempt(call, body, within: limit - elapsed())
            } catch {
                failures += 1
                let pause = backoff.delay(afterFailures: failures, fraction: .random(in: 0.5..<1))
                guard manifest.isIdempotent, error.isWorthRetrying, failures <= Self.mostRetries,
                    elapsed() + pause < limit
                else { throw error }
                do {
                    try await clock.sleep(for: pause)
                } catch {
                    throw .cancelled
                }
            }
        }
    }

    private func attempt(
        _ call: PluginCall,
        _ body: [UInt8],
        within limit: Duration
    ) async throws(PluginFailure) -> PluginReply {
        let admission = try gate.admit()
        do throws(PluginFailure) {
            let request = exchange.endpoint.request(
                "POST",
                "/handle_message",
                body: body,
                requestID: call.requestID,
                idempotencyKey: call.idempotencyKey,
                timestamp: now().seconds
            )
            let document = try await exchange.send(request, within: limit, mostBytes: PluginReply.maximumBytes)
            let reply = try reply(document)
            gate.ended(admission, with: nil)
            return reply
        } catch {
            gate.ended(admission, with: error)
            throw error
        }
    }

    private func reply(_ document: JSONValue) throws(PluginFailure) -> PluginReply {
        do throws(ContractProblems) {
            return try PluginReply(document, permitted: manifest.permissions)
        } catch {
            throw .notAsAgreed(error)
        }
    }
}

extension PluginFailure {
    /// Whether a try soon after may go better. Not after a crash: another process answers then, by another client.
    fileprivate var isWorthRetrying: Bool {
        switch self {
        case .timedOut, .unreachable, .busy: true
        case .failed(let status): status >= 500
        default: false
        }
    }
}

extension ISODate {
    fileprivate func advanced(by duration: Duration) -> ISODate {
        let (seconds, attoseconds) = duration.components
        let sum = nanoseconds + attoseconds / 1_000_000_000
        return ISODate(seconds: self.seconds + seconds + sum / 1_000_000_000, nanoseconds: sum % 1_000_000_000)
    }
}
