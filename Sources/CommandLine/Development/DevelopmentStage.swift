import Dispatch
import Platform
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Starts programs, hears of everything that happens to them in one place, and stops them in reverse.
final class DevelopmentStage {
    /// Something that happened.
    enum Event: Sendable {
        case ready(String)
        case ended(String, ProcessEnding)
        /// Ctrl-C, or SIGTERM.
        case interrupted
        /// A program did not do in time what it was told.
        case overdue(String)
    }

    private let events: AsyncStream<Event>
    private let sender: AsyncStream<Event>.Continuation
    private var iterator: AsyncStream<Event>.Iterator
    private var running: [ChildProcess] = []
    private let signals: [any DispatchSourceSignal]
    private let output: LogOutput
    private let isColourful: Bool

    init(output: LogOutput = .standardOutput) {
        self.output = output
        isColourful = output.isTerminal && getenv("NO_COLOR") == nil
        signal(SIGPIPE, SIG_IGN)
        (events, sender) = AsyncStream.makeStream(of: Event.self)
        iterator = events.makeAsyncIterator()
        signals = [SIGINT, SIGTERM, SIGHUP].map { [sender] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { sender.yield(.interrupted) }
            source.resume()
            return source
        }
    }

    /// Starts one program and shows its lines.
    func start(_ plan: ChildProcess.Plan) throws(CommandFailure) {
        let prefix = prefix(for: plan.name)
        let child = try ChildProcess.start(
            plan,
            onLine: { [output] line in output.write(Array("\(prefix)\(line)\n".utf8)) },
            onEnd: { [sender] ending in sender.yield(.ended(plan.name, ending)) }
        )
        running.append(child)
    }

    /// Waits until `check` holds for the program, which is asked again and again.
    ///
    /// - Throws: `CommandFailure` when it takes more than `limit`, a program ends, or we are interrupted.
    func waitUntilReady(_ name: String, within limit: Duration, _ check: @escaping @Sendable () async -> Bool)
        async throws
    {
        let asking = Task { [sender] in
            let deadline = ContinuousClock.now + limit
            while await !check() {
                guard ContinuousClock.now < deadline, !Task.isCancelled else {
                    sender.yield(.overdue(name))
                    return
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
            sender.yield(.ready(name))
        }
        defer { asking.cancel() }
        while let event = await iterator.next(isolation: nil) {
            switch event {
            case .ready(name): return
            case .overdue(name): throw CommandFailure(.failed, "\(name) is not ready after \(limit)")
            case .ended(let other, let ending): throw gone(other, ending)
            case .interrupted: throw CommandFailure(.failed, "interrupted")
            case .ready, .overdue: continue
            }
        }
    }

    /// Waits until `name` ends by itself or we are interrupted.
    ///
    /// - Returns: how it ended; nil when we were interrupted.
    /// - Throws: `CommandFailure` when another program ends.
    func waitForEnd(of name: String) async throws(CommandFailure) -> ProcessEnding? {
        while let event = await iterator.next(isolation: nil) {
            switch event {
            case .ended(name, let ending):
                running.removeAll { $0.name == name }
                return ending
            case .ended(let other, let ending): throw gone(other, ending)
            case .interrupted: return nil
            case .ready, .overdue: continue
            }
        }
        return nil
    }

    /// Stops what runs, the last started first, and gives each `limit` to finish. A second Ctrl-C ends all at once.
    func stop(within limit: Duration) async {
        while let child = running.popLast() {
            child.send(SIGTERM)
            let patience = Task { [sender] in
                try await Task.sleep(for: limit)
                sender.yield(.overdue(child.name))
            }
            waiting: while let event = await iterator.next(isolation: nil) {
                switch event {
                case .ended(child.name, _): break waiting
                case .ended(let other, _): running.removeAll { $0.name == other }
                case .overdue(child.name): child.send(SIGKILL)
                case .interrupted: for other in running + [child] { other.send(SIGKILL) }
                case .ready, .overdue: continue
                }
            }
            patience.cancel()
        }
        for source in signals { source.cancel() }
    }

    private func gone(_ name: String, _ ending: ProcessEnding) -> CommandFailure {
        let log = running.first { $0.name == name }?.plan.log
        running.removeAll { $0.name == name }
        return CommandFailure(.failed, "\(name) ended \(ending)" + (log.map { ", see \($0)" } ?? ""))
    }

    private func prefix(for name: String) -> String {
        let padded = name + String(repeating: " ", count: max(0, 7 - name.count))
        guard isColourful else { return "\(padded) | " }
        let colour =
            switch name {
            case "gateway": 36
            case "worker": 33
            case "sandbox": 32
            default: 35
            }
        return "\u{1B}[\(colour)m\(padded) |\u{1B}[0m "
    }
}
