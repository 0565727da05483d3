/// Decides whether a service is asked at all, from how the last requests to it ended. No clock, no lock.
///
/// *Closed*: requests pass. It *opens* after failures in a row, or when too large a share of the window's requests failed;
/// then nobody is kept waiting by one that is down. After a pause one request is let through as a probe: its success
/// closes the circuit, its failure opens it for twice as long (Nygard, "Release It!"; Polly's circuit breaker). Apart from
/// that, one that says how long to wait is left alone for as long.
///
/// Times are durations since any one moment.
package struct CircuitBreaker: Sendable {
    package struct Policy: Sendable, Equatable {
        /// Failures in a row that open it.
        package var consecutiveFailures: Int
        /// From this share of the window's requests on, failures open it; above 1 never.
        package var failureShare: Double
        /// Requests that the window must hold for the share to mean anything.
        package var minimumRequests: Int
        package var window: Duration
        /// How long it first stays open.
        package var pause: Duration
        /// The most that the pause grows to, and the longest wait that is taken from the service.
        package var longestPause: Duration

        package init(
            consecutiveFailures: Int = 5,
            failureShare: Double = 0.5,
            minimumRequests: Int = 20,
            window: Duration = .seconds(60),
            pause: Duration = .seconds(10),
            longestPause: Duration = .seconds(300)
        ) {
            self.consecutiveFailures = consecutiveFailures
            self.failureShare = failureShare
            self.minimumRequests = minimumRequests
            self.window = window
            self.pause = pause
            self.longestPause = longestPause
        }
    }

    package enum Admission: Sendable, Equatable {
        case allowed
        /// The one request that finds out whether the service is back. Its ending must be told.
        case probe
        /// Ask again after this long.
        case refused(Duration)
    }

    package enum State: String, Sendable {
        case closed, open, halfOpen = "half_open"
    }

    private let policy: Policy
    private var failuresInRow = 0
    private var outcomes: OutcomeWindow
    /// Until when it is open; nil while closed.
    private var openUntil: Duration?
    /// How often it has opened without a success in between.
    private var openings = 0
    private var isProbing = false
    /// Until when the service wants to be left alone.
    private var restUntil = Duration.zero

    package init(policy: Policy = .init()) {
        self.policy = policy
        outcomes = OutcomeWindow(span: policy.window)
    }

    package func state(at now: Duration) -> State {
        guard let openUntil else { return .closed }
        return now < openUntil ? .open : .halfOpen
    }

    /// Whether a request may go out now.
    package mutating func admit(at now: Duration) -> Admission {
        if now < restUntil { return .refused(restUntil - now) }
        guard let openUntil else { return .allowed }
        if now < openUntil { return .refused(openUntil - now) }
        // The probe may take its time; another look soon.
        if isProbing { return .refused(min(policy.pause, .seconds(1))) }
        isProbing = true
        return .probe
    }

    /// A request began to be answered.
    package mutating func succeeded(_ admission: Admission, at now: Duration) {
        outcomes.add(failed: false, at: now)
        failuresInRow = 0
        guard openUntil != nil, admission == .probe else { return }
        self = CircuitBreaker(policy: policy)
    }

    /// A request failed for a reason that lies with the service. `isLasting`: further tries are as vain, such as with a
    /// wrong key.
    package mutating func failed(
        _ admission: Admission,
        at now: Duration,
        retryAfter: Duration? = nil,
        isLasting: Bool = false
    ) {
        if let retryAfter { restUntil = max(restUntil, now + min(retryAfter, policy.longestPause)) }
        outcomes.add(failed: true, at: now)
        failuresInRow += 1
        if openUntil != nil {
            // One that began before it opened says nothing new.
            if admission == .probe { open(at: now, for: isLasting ? policy.longestPause : nil) }
        } else if isLasting {
            open(at: now, for: policy.longestPause)
        } else if failuresInRow >= policy.consecutiveFailures || isShareExceeded(at: now) {
            open(at: now, for: nil)
        }
    }

    /// A request ended in a way that says nothing about the service, such as by cancellation.
    package mutating func abandoned(_ admission: Admission) {
        if admission == .probe { isProbing = false }
    }

    private mutating func open(at now: Duration, for pause: Duration?) {
        let grown = policy.pause * (1 << min(openings, 20))
        openUntil = now + (pause ?? min(grown, policy.longestPause))
        openings += 1
        isProbing = false
    }

    private mutating func isShareExceeded(at now: Duration) -> Bool {
        let counts = outcomes.counts(at: now)
        return counts.all >= policy.minimumRequests
            && Double(counts.failed) >= policy.failureShare * Double(counts.all)
    }
}

/// How many requests ended how within the last span, in tenths of it.
struct OutcomeWindow: Sendable {
    private struct Slot {
        var number: Int64 = -1
        var all = 0
        var failed = 0
    }

    private let width: Duration
    private var slots = [Slot](repeating: Slot(), count: 10)

    init(span: Duration) { width = max(span / 10, .milliseconds(1)) }

    mutating func add(failed: Bool, at now: Duration) {
        let number = Int64(now / width)
        let place = Int(number % 10)
        if slots[place].number != number { slots[place] = Slot(number: number) }
        slots[place].all += 1
        if failed { slots[place].failed += 1 }
    }

    func counts(at now: Duration) -> (all: Int, failed: Int) {
        let last = Int64(now / width)
        return slots.reduce(into: (all: 0, failed: 0)) { sum, slot in
            guard slot.number > last - 10, slot.number >= 0 else { return }
            sum.all += slot.all
            sum.failed += slot.failed
        }
    }
}
