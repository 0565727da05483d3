/// Keeps the calls of all processes of an app within Feishu's rate limits, before they are made.
///
/// The port of ``FeishuClient``, which asks before each call. No failure comes out of it: a governor that has lost what
/// it shares with others goes on alone, more carefully.
package protocol CallGovernor: Sendable {
    /// Reserves a slot for a call, unless it would come later than in `patience`: then nothing is reserved.
    ///
    /// `missed` is the place of a slot of the same call that was not used. It is given back first, also where no other
    /// is reserved then.
    func reserve(_ call: GovernedCall, within patience: Duration, insteadOf missed: CallPlace?) async -> CallSlot

    /// Takes note that Feishu refused a call that had a slot as one too many, or for the month; holds the others back.
    func note(_ refusal: FeishuError, of call: GovernedCall) async

    /// Takes note that Feishu took a call although the month's calls are said to be used up: they are not.
    func noteSuccess() async

    /// What is known of the month's calls, from the latest slot; nil where nothing counts them.
    var monthlyUsage: MonthlyUsage? { get }
}

extension CallGovernor {
    /// Reserves a slot for a call, unless it would come later than in `patience`: then nothing is reserved.
    package func reserve(_ call: GovernedCall, within patience: Duration) async -> CallSlot {
        await reserve(call, within: patience, insteadOf: nil)
    }
}

/// What a governor has to know of a call.
package struct GovernedCall: Sendable, Equatable {
    /// Method and path without ids, such as `POST im/v1/messages/:id/reply`.
    package let api: String
    /// Whom it concerns, beside the API, that has a limit of its own.
    package let subjects: [CallSubject]
    package let urgency: CallUrgency

    package init(api: String, subjects: [CallSubject] = [], urgency: CallUrgency = .required) {
        self.api = api
        self.subjects = subjects
        self.urgency = urgency
    }
}

/// Something of Feishu's that has a limit of its own, however many APIs and apps use it.
package enum CallSubject: Sendable, Hashable {
    /// Messages into one chat.
    case chat(String)
    /// Messages to one user, by whichever id.
    case user(String)
    /// Operations on one card entity.
    case card(String)
    /// Changes of one message.
    case message(String)
    /// Changes of one document.
    case document(String)
}

/// How much it matters that a call is made at all.
package enum CallUrgency: Sendable, Equatable {
    /// It must be made, later if need be.
    case required
    /// Another one will soon say the same and more. All calls of this urgency get a share of an API's quota only, so that
    /// the required ones always find room.
    case sheddable
}

/// What a governor says to a call.
package enum CallSlot: Sendable, Equatable {
    /// Wait so long, then make it. It is counted already, at a place where anything counts calls.
    case granted(wait: Duration, place: CallPlace? = nil)
    /// Not within the patience; as things stand, in so long. Nothing was counted, and no place in the queue is kept.
    case refused(retryAfter: Duration)
    /// The app's calls of this month are used up.
    case monthEnded
}

/// Where a slot was counted, by which it can be given back.
package struct CallPlace: Sendable, Equatable {
    /// Milliseconds of the clock by which it was counted.
    package let slot: Int64
    /// Whether it was counted among those of all processes of the app, not of this one alone.
    package let isShared: Bool

    package init(slot: Int64, isShared: Bool) {
        self.slot = slot
        self.isShared = isShared
    }
}

/// The calls of an app in the current month, of which Feishu's plans have a number.
package struct MonthlyUsage: Sendable, Equatable {
    package let calls: Int64
    /// As configured; nil for none.
    package let quota: Int64?
    /// Whether Feishu said that the quota is used up.
    package let hasEnded: Bool

    package init(calls: Int64, quota: Int64?, hasEnded: Bool) {
        self.calls = calls
        self.quota = quota
        self.hasEnded = hasEnded
    }

    /// Whether 95 % are used: time to make fewer calls for an answer.
    package var isNearEnd: Bool {
        guard !hasEnded, let quota else { return hasEnded }
        return calls >= quota - quota / 20
    }
}

/// Lets every call pass: for tools that make few.
package struct UngovernedCalls: CallGovernor {
    package init() {}

    package func reserve(
        _ call: GovernedCall,
        within patience: Duration,
        insteadOf missed: CallPlace?
    ) async -> CallSlot { .granted(wait: .zero) }
    package func note(_ refusal: FeishuError, of call: GovernedCall) async {}
    package func noteSuccess() async {}
    package var monthlyUsage: MonthlyUsage? { nil }
}
