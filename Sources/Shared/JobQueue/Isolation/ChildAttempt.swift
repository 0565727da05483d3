import FoundationEssentials
import NIOConcurrencyHelpers

/// One attempt that runs in a process of its own, as its worker sees it.
final class ChildAttempt: Sendable {
    private struct State {
        var reader = ChildFrameReader()
        var waiter: CheckedContinuation<[UInt8], any Error>?
        var process: (any ChildProcess)?
        var isCancelled = false
    }

    private let launcher: any ChildProcessLauncher
    private let task: ChildTask
    private let context: JobContext
    /// When it is over whatever it does, and how long it may go on once it was cancelled.
    private let end: ContinuousClock.Instant
    private let grace: Duration
    private let state = NIOLockedValueBox(State())
    /// The deadline watch is to see the hard limit first, and end the attempt for that reason.
    private static let margin: Duration = .milliseconds(50)
    /// How long a child may take to end after its last word.
    private static let farewell: Duration = .seconds(5)

    init(
        _ launcher: any ChildProcessLauncher,
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ limits: TimeLimits,
        _ context: JobContext
    ) {
        self.launcher = launcher
        self.context = context
        task = ChildTask(
            queue: delivery.queue,
            incarnation: context.scope.incarnation.rawValue,
            tag: delivery.tag,
            crashes: delivery.crashes,
            clockOffset: delivery.clockOffset,
            message: Data(delivery.raw),
            body: message.isBodyChanged ? Data(message.body) : nil,
            node: context.nodeName.rawValue
        )
        end = .now + limits.hard
        grace = limits.grace
    }

    /// Runs it, and tells the child of cancellation and stops.
    ///
    /// - Returns: The JSON of the output.
    /// - Throws: What the job threw, as `ChildFailure` or `GiveBack`; `ChildProcessLost` where the child ended without a
    ///   word; what the launcher threw.
    func run() async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                await self.context.stopRequested()
                if !Task.isCancelled { self.tell(.stop) }
                return nil
            }
            group.addTask { try await self.output() }
            for try await output in group {
                guard let output else { continue }
                group.cancelAll()
                return output
            }
            preconditionFailure("an attempt ends with an output or throws")
        }
    }

    private func output() async throws -> [UInt8] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLockedValue { $0.waiter = continuation }
                do {
                    let process = try launcher.start(writing: ChildFrame.task(task).bytes, onOutput: take) { how in
                        self.finish(.failure(ChildProcessLost(how: how)))
                    }
                    let isCancelled = state.withLockedValue { state in
                        state.process = process
                        return state.isCancelled
                    }
                    if isCancelled { cancel() }
                } catch {
                    finish(.failure(error))
                }
            }
        } onCancel: {
            let isOver = state.withLockedValue { state in
                state.isCancelled = true
                return state.waiter == nil
            }
            if !isOver { cancel() }
        }
    }

    private func take(_ bytes: [UInt8]) {
        do {
            for frame in try state.withLockedValue({ try $0.reader.frames(adding: bytes) }) {
                switch frame {
                case .progress: context.progress()
                case .spent(let spent):
                    for (limit, units) in spent {
                        if let limit = LimitName(wire: limit) { context.spent(units, of: limit) }
                    }
                case .output(let output): finish(.success(output))
                case .failure(let failure): finish(.failure(failure.error))
                case .task, .cancel, .stop: throw ChildFrameReader.Garbled()
                }
            }
        } catch {
            finish(.failure(ChildProcessLost(how: "with words that nobody understands")))
            state.withLockedValue { $0.process }?.kill()
        }
    }

    /// The first word counts.
    private func finish(_ result: Result<[UInt8], any Error>) {
        let waiter = state.withLockedValue { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        guard let waiter else { return }
        waiter.resume(with: result)
        kill(after: Self.farewell)
    }

    private func tell(_ frame: ChildFrame) { state.withLockedValue { $0.process }?.write(frame.bytes) }

    private func cancel() {
        tell(.cancel)
        kill(after: min(grace, max(.zero, end - .now)) + Self.margin)
    }

    /// Not awaited: who calls it may be cancelled, and a process that has ended is not hit.
    private func kill(after wait: Duration) {
        Task {
            // This task is nobody's child, so nothing cancels it.
            try? await Task.sleep(for: wait)
            self.state.withLockedValue { $0.process }?.kill()
        }
    }
}
