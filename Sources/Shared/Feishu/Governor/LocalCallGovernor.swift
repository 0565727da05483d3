import NIOConcurrencyHelpers

/// Keeps the calls of this process within a share of Feishu's limits: for when there is nothing to share them by.
package final class LocalCallGovernor: CallGovernor {
    private let limits: CallLimits
    private let share: Double
    private let now: @Sendable () -> Int64
    private let table = NIOLockedValueBox(SlotTable())

    /// `share` is how much of each limit it takes, as other processes call, too. `now` gives the milliseconds of any
    /// clock that does not go back.
    package init(limits: CallLimits = CallLimits(), share: Double, now: @escaping @Sendable () -> Int64) {
        self.limits = limits
        self.share = share
        self.now = now
    }

    package func reserve(
        _ call: GovernedCall,
        within patience: Duration,
        insteadOf missed: CallPlace?
    ) async -> CallSlot {
        let subjects = limits.subjects(of: call).map { $0.scaled(by: share) }
        let patience = min(patience.milliseconds, CallWindow.horizon)
        return table.withLockedValue { table in
            if let missed, !missed.isShared { table.giveBack(missed.slot, of: subjects) }
            let now = now()
            let (taken, wait) = table.reserve(subjects, at: now, within: patience)
            return taken
                ? .granted(wait: .milliseconds(wait), place: CallPlace(slot: now + wait, isShared: false))
                : .refused(retryAfter: .milliseconds(wait))
        }
    }

    package func note(_ refusal: FeishuError, of call: GovernedCall) async {
        guard refusal.kind == .rateLimited else { return }
        let end = now() + (refusal.retryAfter ?? .seconds(1)).milliseconds
        let held = call.held(by: refusal)
        table.withLockedValue { table in
            for name in held { table.hold(name, until: end) }
        }
    }

    package func noteSuccess() async {}

    package var monthlyUsage: MonthlyUsage? { nil }
}

extension GovernedCall {
    /// The subjects that a refusal holds back: those with limits of their own where it says so, else the API.
    func held(by refusal: FeishuError) -> [String] {
        FeishuError.subjectLimitCodes.contains(refusal.code)
            ? subjects.map(CallLimits.name) : [CallLimits.apiName(self)]
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
