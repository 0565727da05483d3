import NIOConcurrencyHelpers
import NIOCore

/// One command or pipeline on its way through a Cluster: to the nodes that hold its keys, and again where they send it
/// elsewhere or ask for a moment, until its deadline.
///
/// Only what certainly did not run is sent again. A pipeline is split by node; what belongs to one slot keeps its order
/// but for commands that are redirected, and a command without a key stays with the one before it.
final class ClusterCommand: Sendable {
    /// A command with a key, and those without one that go where it goes.
    private struct Step: Sendable {
        let slot: Int
        /// Its place in the pipeline.
        let keyed: Int
        var members: [Int]
    }

    /// Where a step goes in the next round.
    private struct Errand {
        let step: Int
        /// A node that is about to get the slot; nil for the slot's owner.
        var asking: RedisEndpoint?
    }

    private struct State {
        var results: [Result<RedisReply, RedisError>?]
        var partsUnderWay = 0
        /// What the round so far has left to do.
        var left: [Errand] = []
        /// Whether that has to wait a little.
        var mustPause = false
        var rounds = 0
    }

    private let command: WaitingCommand
    private let commands: [ScannedCommand]
    private let steps: [Step]
    private let cluster: Cluster
    private let eventLoop: (any EventLoop)?
    private let state: NIOLockedValueBox<State>

    /// nil where nothing in it has a key.
    init?(_ command: WaitingCommand, cluster: Cluster, wantedOn eventLoop: (any EventLoop)?) {
        let commands = CommandScanner.commands(in: command.bytes)
        var steps: [Step] = []
        var leading: [Int] = []
        for (index, scanned) in commands.enumerated() {
            if let slot = scanned.slot {
                steps.append(Step(slot: slot, keyed: index, members: leading + [index]))
                leading = []
            } else if steps.isEmpty {
                leading.append(index)
            } else {
                steps[steps.count - 1].members.append(index)
            }
        }
        guard !steps.isEmpty else { return nil }
        self.command = command
        self.commands = commands
        self.steps = steps
        self.cluster = cluster
        self.eventLoop = eventLoop
        state = NIOLockedValueBox(State(results: Array(repeating: nil, count: commands.count)))
    }

    func begin() { send(steps.indices.map { Errand(step: $0) }) }

    // MARK: A round

    private func send(_ errands: [Errand]) {
        var parts: [(server: RedisEndpoint, errands: [Errand])] = []
        var homeless: [Errand] = []
        for errand in errands {
            guard let server = errand.asking ?? cluster.owner(of: steps[errand.step].slot) else {
                homeless.append(errand)
                continue
            }
            if let index = parts.firstIndex(where: { $0.server == server }) {
                parts[index].errands.append(errand)
            } else {
                parts.append((server, [errand]))
            }
        }
        state.withLockedValue { state in
            state.partsUnderWay = parts.count + (homeless.isEmpty ? 0 : 1)
            state.rounds += 1
            state.left = []
            state.mustPause = false
        }
        for part in parts { send(part.errands, to: part.server) }
        guard !homeless.isEmpty else { return }
        cluster.refresh().whenComplete { [self, homeless] result in
            var reason = RedisError(.notConnected, command: command.name, detail: "nobody serves the slot")
            if case .failure(let error) = result {
                reason = RedisError(.notConnected, command: command.name, detail: (error as? RedisError)?.detail ?? "")
            }
            finishPart { state in
                for errand in homeless {
                    for member in steps[errand.step].members { state.results[member] = .failure(reason) }
                    state.left.append(errand)
                }
                if case .failure = result { state.mustPause = true }
            }
        }
    }

    /// Sends what one node gets in this round. Each command for a slot that the node is about to get is announced.
    private func send(_ errands: [Errand], to server: RedisEndpoint) {
        let node = cluster.node(at: server)
        var bytes: [UInt8] = []
        var places: [Int?] = []
        for errand in errands {
            let step = steps[errand.step]
            for member in step.members {
                if errand.asking != nil, member == step.keyed {
                    bytes += RedisCommand("ASKING").bytes
                    places.append(nil)
                }
                bytes += command.bytes[commands[member].bytes]
                places.append(member)
            }
        }
        let relay = ReplyRelay { [self, places] outcome in
            // The node is kept until here, though the map may have lost it.
            withExtendedLifetime(node) { receive(outcome, places: places, errands: errands, from: server) }
        }
        let part = WaitingCommand(
            name: command.name,
            bytes: bytes,
            replyCount: places.count,
            isPipeline: places.count > 1,
            deadline: command.deadline,
            sink: .relay(relay)
        )
        node.enqueue(part, wantedOn: eventLoop)
    }

    private func receive(
        _ outcome: Result<[Result<RedisReply, RedisError>], RedisError>,
        places: [Int?],
        errands: [Errand],
        from server: RedisEndpoint
    ) {
        finishPart { state in
            for (index, place) in places.enumerated() {
                guard let place else { continue }
                switch outcome {
                case .success(let results): state.results[place] = results[index]
                case .failure(let error): state.results[place] = .failure(error)
                }
            }
            for errand in errands {
                guard case .failure(let error)? = state.results[steps[errand.step].keyed] else { continue }
                judge(error, errand, from: server, &state)
            }
        }
    }

    /// What follows from a step's error.
    private func judge(_ error: RedisError, _ errand: Errand, from server: RedisEndpoint, _ state: inout State) {
        switch Redirection(error, from: server) {
        case .moved(let slot, let owner)?:
            cluster.move(slot, to: owner)
            state.left.append(Errand(step: errand.step))
            // Nodes that send each other's commands back and forth have not yet agreed.
            if state.rounds > 4 { state.mustPause = true }
        case .ask(let next)?: state.left.append(Errand(step: errand.step, asking: next))
        case .later?:
            if error.prefix != "TRYAGAIN" { _ = cluster.refresh() }
            state.left.append(Errand(step: errand.step))
            state.mustPause = true
        case nil:
            guard error.code != .server, error.code != .closed else { return }
            _ = cluster.refresh()
            let isUnsent = !error.outcomeUnknown && error.isTransient && error.code != .overloaded
            let isPatient = cluster.configuration.whileDisconnected == .wait || state.rounds < 3
            guard isUnsent, isPatient else { return }
            state.left.append(Errand(step: errand.step))
            state.mustPause = true
        }
    }

    /// Books what a part brought; with the last part of a round, goes on or ends.
    private func finishPart(_ book: (inout State) -> Void) {
        enum Next {
            case nothing, end
            case go([Errand], after: TimeAmount)
        }
        let next: Next = state.withLockedValue { state in
            book(&state)
            state.partsUnderWay -= 1
            guard state.partsUnderWay == 0 else { return .nothing }
            guard !state.left.isEmpty else { return .end }
            let bound = min(100, 4 << min(state.rounds, 5))
            let pause =
                state.mustPause ? TimeAmount.milliseconds(Int64.random(in: Int64(bound / 2)...Int64(bound))) : .zero
            guard NIODeadline.now() + pause < command.deadline else { return .end }
            return .go(state.left, after: pause)
        }
        switch next {
        case .nothing: break
        case .end: finish()
        case .go(let errands, after: .zero): send(errands)
        case .go(let errands, let pause):
            let loop = eventLoop ?? cluster.group.next()
            loop.scheduleTask(in: pause) { [self] in send(errands) }
        }
    }

    private func finish() {
        let results = state.withLockedValue { state in state.results.compactMap { $0 } }
        guard command.isPipeline else { return command.sink.settle(results[0]) }
        let hasReply = results.contains { result in
            if case .failure(let error) = result { error.code == .server } else { true }
        }
        if !hasReply, case .failure(let error)? = results.first { return command.sink.fail(error) }
        command.sink.succeed(results)
    }
}
