package import HTTP
package import JSON
import NIOConcurrencyHelpers

/// Keeps the plugins of one worker callable: runs those that are files as child processes, looks after all of them, and
/// replaces one version by another without a gap.
package final class PluginSupervisor: Sendable {
    /// What a supervisor works with.
    package struct Configuration: Sendable {
        let surroundings: PluginSurroundings
        let addresses: AddressPolicy
        let transport: any HTTPTransport
        let clock: any Clock<Duration>
        let now: @Sendable () -> ISODate
        let metrics: PluginMetrics
        let log: @Sendable (PluginName, [String]) -> Void
        let standing: @Sendable (PluginRunStanding) -> Void
        let heldBack: @Sendable (PluginName) -> Void

        /// - Parameters:
        ///   - surroundings: What child processes get.
        ///   - addresses: Where services may be.
        ///   - transport: Sends the requests; it must know `allowedAddresses`.
        ///   - clock: What waiting is measured by.
        ///   - now: The time of signatures and deadlines.
        ///   - metrics: Where calls and restarts are counted.
        ///   - log: Is given the lines of child processes, on any thread; it returns soon.
        ///   - standing: Is told of each change, on any thread; it returns soon.
        ///   - heldBack: Is told of a plugin that takes more of the processor than its share, once as long as it goes on
        ///     so, on any thread; it returns soon.
        package init(
            surroundings: PluginSurroundings,
            addresses: AddressPolicy,
            transport: any HTTPTransport,
            clock: any Clock<Duration> = ContinuousClock(),
            now: @escaping @Sendable () -> ISODate,
            metrics: PluginMetrics,
            log: @escaping @Sendable (PluginName, [String]) -> Void,
            standing: @escaping @Sendable (PluginRunStanding) -> Void,
            heldBack: @escaping @Sendable (PluginName) -> Void = { _ in }
        ) {
            self.surroundings = surroundings
            self.addresses = addresses
            self.transport = transport
            self.clock = clock
            self.now = now
            self.metrics = metrics
            self.log = log
            self.standing = standing
            self.heldBack = heldBack
        }
    }

    private typealias RunID = SupervisionState.RunID

    private struct Order: Sendable {
        let id: RunID
        let desired: DesiredPlugin
        let retirement: Occurrence<Void>
    }

    private struct State {
        var decisions = SupervisionState()
        var clients: [RunID: PluginClient] = [:]
        var retirements: [RunID: Occurrence<Void>] = [:]
    }

    private static let longestDrain: Duration = .seconds(30)

    private let configuration: Configuration
    private let governor: ProcessorGovernor?
    private let state = NIOLockedValueBox(State())
    private let orders: AsyncStream<Order>
    private let order: AsyncStream<Order>.Continuation

    /// - Parameter configuration: What it works with.
    package init(_ configuration: Configuration) {
        self.configuration = configuration
        governor = configuration.surroundings.processor.map { limit in
            ProcessorGovernor(limit, clock: configuration.clock, tell: configuration.heldBack)
        }
        (orders, order) = AsyncStream.makeStream()
    }

    /// How all wanted plugins are doing now.
    package var standings: [PluginRunStanding] { state.withLockedValue { $0.decisions.standings } }

    /// Plugins that took more of the processor than their share, and had to stand still within a minute.
    package var heldBack: Set<PluginName> { governor?.heldBack ?? [] }

    /// Says which plugins are to be callable from now on: all of them; one that is not named is stopped. Returns at once.
    ///
    /// - Parameter desired: One for each name; of several the last counts.
    package func apply(_ desired: [DesiredPlugin]) { act { $0.decisions.apply(desired) } }

    /// The client of a plugin that is healthy now.
    ///
    /// - Parameter name: The plugin's.
    /// - Returns: A client for the next call: it is not kept, since the plugin may run elsewhere a moment later.
    package func client(for name: PluginName) -> PluginClient? {
        state.withLockedValue { state in state.decisions.serving(name).flatMap { state.clients[$0] } }
    }

    /// Runs until the task is cancelled. All child processes are gone then. Can be run once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            if let governor { group.addTask { await governor.run() } }
            for await order in orders { group.addTask { await self.fulfil(order) } }
        }
    }

    /// One run, from its start to its retirement.
    private func fulfil(_ order: Order) async {
        let gate = CallGate(concurrency: order.desired.manifest.concurrency, clock: configuration.clock)
        let run = PluginRun(
            desired: order.desired,
            configuration: configuration,
            gate: gate,
            governor: governor
        ) { event in
            self.take(event, of: order)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run.run() }
            group.addTask {
                guard await order.retirement.wait() != nil else { return }
                await self.drain(gate, within: order.desired.manifest.timeout)
            }
            await group.next()
            group.cancelAll()
        }
        state.withLockedValue { state in
            state.clients[order.id] = nil
            state.retirements[order.id] = nil
        }
    }

    /// Waits until the calls under way have ended, or can be waited for no longer.
    private func drain(_ gate: CallGate, within limit: Duration) async {
        let elapsed = configuration.clock.stopwatch()
        while !gate.isQuiet, elapsed() < min(limit, Self.longestDrain) {
            do {
                try await configuration.clock.sleep(for: .milliseconds(50))
            } catch {
                return
            }
        }
    }

    private func take(_ event: PluginRun.Event, of order: Order) {
        let name = order.desired.name
        switch event {
        case .healthy(let client):
            act { state in
                state.clients[order.id] = client
                return state.decisions.becameHealthy(order.id, of: name)
            }
        case .faltered(let reason, let starts):
            act { state in
                state.clients[order.id] = nil
                return state.decisions.faltered(order.id, of: name, reason, after: starts)
            }
        }
    }

    /// Decides under the lock, then does it.
    private func act(_ decide: (inout State) -> [SupervisionState.Action]) {
        var started: [Order] = []
        var retired: [Occurrence<Void>] = []
        var standings: [PluginRunStanding] = []
        state.withLockedValue { state in
            for action in decide(&state) {
                switch action {
                case .start(let id, let desired):
                    let retirement = Occurrence<Void>()
                    state.retirements[id] = retirement
                    started.append(Order(id: id, desired: desired, retirement: retirement))
                case .retire(let id):
                    if let retirement = state.retirements[id] { retired.append(retirement) }
                case .report(let standing): standings.append(standing)
                }
            }
        }
        for order in started { self.order.yield(order) }
        for retirement in retired { retirement.happen(()) }
        for standing in standings { configuration.standing(standing) }
    }
}
