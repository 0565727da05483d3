import JSON
import NIOConcurrencyHelpers

/// Keeps one version of one plugin callable: starts it, finds out whether it is what it should be, looks after it, and
/// starts it again when it ends.
struct PluginRun: Sendable {
    /// What a run tells its supervisor.
    enum Event: Sendable {
        case healthy(PluginClient)
        /// It cannot be called now; after how many starts in a row that came to nothing.
        case faltered(reason: String, starts: Int)
    }

    private static let startLimit: Duration = .seconds(10)
    private static let look: Duration = .seconds(10)
    private static let retry: Duration = .milliseconds(100)

    let desired: DesiredPlugin
    let configuration: PluginSupervisor.Configuration
    let gate: CallGate
    /// Nil: its process may take all of the processor.
    let governor: ProcessorGovernor?
    let tell: @Sendable (Event) -> Void

    /// Runs until the task is cancelled; its process is gone then.
    func run() async {
        var pacing = RestartPacing()
        while !Task.isCancelled {
            let healthySince = NIOLockedValueBox<(@Sendable () -> Duration)?>(nil)
            let reason = await life { client in
                let elapsed = configuration.clock.stopwatch()
                healthySince.withLockedValue { $0 = elapsed }
                tell(.healthy(client))
            }
            guard !Task.isCancelled else { return }
            let health = healthySince.withLockedValue { $0 }.map { elapsed in elapsed() }
            let pause = pacing.ended(afterHealthOf: health, fraction: .random(in: 0..<1))
            tell(.faltered(reason: reason, starts: pacing.vainStarts))
            if case .directory = desired.place { configuration.metrics.restarted(desired.name) }
            // Ends early only by cancellation, which ends the loop.
            try? await configuration.clock.sleep(for: pause)
        }
    }

    /// From one start to its end.
    ///
    /// - Returns: Why it ended.
    private func life(_ healthy: @escaping @Sendable (PluginClient) -> Void) async -> String {
        switch desired.place {
        case .service(let url, let secret):
            let endpoint = PluginEndpoint(url, secret: secret, addresses: configuration.addresses)
            return await attend(endpoint, healthy)
        case .directory(let directory):
            let name = desired.name
            let log = configuration.log
            do throws(PluginProcess.Failure) {
                let process = try await PluginProcess.start(
                    desired.manifest,
                    in: directory,
                    configuration.surroundings
                ) { log(name, $0) }
                governor?.began(process.child, of: name)
                defer { governor?.ended(process.child, of: name) }
                let reason = await untilEnd(of: process, healthy)
                await process.stop(configuration.clock)
                return reason
            } catch {
                return error.description
            }
        }
    }

    private func untilEnd(
        of process: PluginProcess,
        _ healthy: @escaping @Sendable (PluginClient) -> Void
    ) async -> String {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await attend(process.endpoint, healthy) }
            group.addTask { await process.end.wait() }
            let first = await group.next()
            group.cancelAll()
            // A check may fail a moment before the end that is its reason is known.
            return process.end.value ?? (first ?? nil) ?? "it was stopped"
        }
    }

    /// Waits until it is well, then looks now and then whether it still is.
    ///
    /// - Returns: What is wrong with it.
    private func attend(
        _ endpoint: PluginEndpoint,
        _ healthy: @escaping @Sendable (PluginClient) -> Void
    ) async -> String {
        let inquiry = PluginInquiry(
            endpoint,
            transport: configuration.transport,
            clock: configuration.clock,
            now: configuration.now
        )
        if let problem = await beginning(inquiry) { return problem }
        if let problem = await identity(inquiry) { return problem }
        healthy(
            PluginClient(
                endpoint: endpoint,
                manifest: desired.manifest,
                gate: gate,
                transport: configuration.transport,
                clock: configuration.clock,
                now: configuration.now,
                metrics: configuration.metrics
            )
        )
        var misses = 0
        var answers = gate.answers
        while misses < 2 {
            do {
                try await configuration.clock.sleep(for: Self.look)
            } catch {
                return "it was stopped"
            }
            // One that answers calls needs no question.
            let before = answers
            answers = gate.answers
            let isWell = answers != before ? true : await isWell(inquiry)
            misses = isWell ? 0 : misses + 1
        }
        return "it did not answer GET /health twice in a row"
    }

    private func isWell(_ inquiry: PluginInquiry) async -> Bool {
        do throws(PluginFailure) {
            try await inquiry.health()
            return true
        } catch {
            return false
        }
    }

    /// Nil once it is well; otherwise why it is not in time.
    private func beginning(_ inquiry: PluginInquiry) async -> String? {
        let elapsed = configuration.clock.stopwatch()
        while true {
            do throws(PluginFailure) {
                try await inquiry.health(within: Self.startLimit - elapsed())
                return nil
            } catch {
                guard elapsed() < Self.startLimit, error.isTransient, error != .crashed else {
                    return
                        "it did not answer GET /health within \(Self.startLimit.components.seconds) seconds: \(error.code)"
                }
            }
            do {
                try await configuration.clock.sleep(for: Self.retry)
            } catch {
                return "it was stopped"
            }
        }
    }

    /// Nil where it is what the record says.
    private func identity(_ inquiry: PluginInquiry) async -> String? {
        do throws(PluginFailure) {
            let manifest = try await inquiry.manifest()
            let wanted = desired.manifest
            guard manifest["name"]?.string == wanted.name.rawValue,
                manifest["version"]?.string == wanted.version.description
            else { return "its GET /manifest gives another name or version than \(wanted.name) \(wanted.version)" }
            guard let schema = desired.schema else { return nil }
            let found = try await inquiry.configurationSchema()
            return found.map(Self.sorted) == Self.sorted(schema)
                ? nil : "its GET /get_config_schema gives another schema than its package"
        } catch {
            return "its GET /manifest or /get_config_schema failed: \(error.code)"
        }
    }

    /// With members in the order of their names, which means nothing in JSON.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): return .array(values.map(sorted))
        case .object(let object):
            var ordered = JSONObject()
            for member in object.members.sorted(by: { $0.key < $1.key }) { ordered[member.key] = sorted(member.value) }
            return .object(ordered)
        case .null, .bool, .integer, .double, .number, .string: return value
        }
    }
}
