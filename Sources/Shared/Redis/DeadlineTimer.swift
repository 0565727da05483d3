import NIOCore

/// One timer for any number of deadlines: it fires at the earliest known and asks when to fire next.
///
/// Confined to its event loop, as it is not `Sendable`.
final class DeadlineTimer {
    private let eventLoop: any EventLoop
    private var scheduled: (task: Scheduled<Void>, deadline: NIODeadline)?

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Makes sure that `fire` is called at `deadline` at the latest. It returns the next deadline, if any.
    func arm(for deadline: NIODeadline, fire: @escaping () -> NIODeadline?) {
        if let scheduled {
            guard deadline < scheduled.deadline else { return }
            scheduled.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            self.scheduled = nil
            if let next = fire() { self.arm(for: next, fire: fire) }
        }
        scheduled = (task, deadline)
    }

    func cancel() {
        scheduled?.task.cancel()
        scheduled = nil
    }
}
