import NIOCore

/// How a worker stands with one queue during one life: what it does there, and whether it may speak for what it holds.
/// Decides; no lock, no clock.
struct QueueStanding: Sendable {
    /// How far the life has come; never goes back.
    private(set) var phase = QueueConsumer.Phase.working
    /// Whether nothing more is to be taken from this queue while the life goes on.
    private(set) var isClosed = false
    /// Whether the consumer of a closed queue has ended: what it held is settled.
    private(set) var isOver = false
    /// Counts the registrations: what is said of an older one says nothing of this one.
    private(set) var registration = 0
    /// Whether the queue is to know of the worker. What Redis says otherwise is then the loss of the lease.
    private(set) var isRegistered = false
    /// When the last request was sent of which it is certain that it renewed the lease.
    private var confirmed: NIODeadline = .distantPast

    /// What is done now: a closed queue is treated as that of a quiet worker.
    var effectivePhase: QueueConsumer.Phase { isClosed ? max(phase, .quiet) : phase }

    mutating func enter(_ next: QueueConsumer.Phase) { phase = max(phase, next) }

    // MARK: The registration

    /// The queue knows of the worker by a request that was sent then.
    mutating func register(at sent: NIODeadline) {
        registration += 1
        isRegistered = true
        confirmed = sent
        (isClosed, isOver) = (false, false)
    }

    /// The worker is about to leave the queue: from now on its lease is not its business.
    mutating func leave() { isRegistered = false }

    /// Renewed by a request that was sent then.
    mutating func confirm(_ registration: Int, at sent: NIODeadline) {
        if registration == self.registration { confirmed = sent }
    }

    /// Whether a refusal tells that the lease is lost, and not that the worker had left.
    func counts(_ registration: Int) -> Bool { isRegistered && registration == self.registration }

    /// From when on the lease is counted; nil where there is none.
    var leaseBegan: NIODeadline? { isRegistered ? confirmed : nil }

    // MARK: Closing

    mutating func close() { isClosed = true }

    /// Takes from the queue again.
    ///
    /// - Returns: false where the consumer has ended: the queue is to be joined anew.
    mutating func reopen() -> Bool {
        guard !isOver else { return false }
        isClosed = false
        return true
    }

    /// Nothing runs and nothing is left to be told: whether the consumer ends now.
    mutating func endsWhenIdle() -> Bool {
        if phase == .draining { return true }
        isOver = isClosed
        return isOver
    }
}
