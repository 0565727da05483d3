/// How many calls may begin within a length of time, wherever that begins.
///
/// Slots are counted in buckets of `grain` milliseconds. Whatever begins within a window's length lies in no more
/// buckets than the window has and one, so if no run of that many holds more than `limit`, no window does. A run has
/// one bucket more: what a call needs from its slot to Feishu may differ by as much from one call to the next.
struct CallWindow: Sendable, Equatable {
    /// How far ahead of now slots can be, in milliseconds.
    static let horizon: Int64 = 60_000

    /// How much later than its slot a call may begin, as the shortest windows are counted.
    static let slack = Duration.milliseconds(100)

    /// Names its buckets among those of the subject.
    let tag: String
    let limit: Int64
    /// Milliseconds of one bucket.
    let grain: Int64
    /// Buckets of a run.
    let span: Int64

    /// How many buckets are told apart: those from the first that matters to the last that a slot can be in.
    var ring: Int64 { Self.horizon / grain + 2 * span + 2 }

    /// At most `limit` calls in any second. Other tags keep apart windows of different calls.
    static func second(_ limit: Int64, tag: String = "s") -> CallWindow {
        CallWindow(tag: tag, limit: limit, grain: 100, span: 12)
    }

    /// At most `limit` calls in any minute.
    static func minute(_ limit: Int64, tag: String = "m") -> CallWindow {
        CallWindow(tag: tag, limit: limit, grain: 2_000, span: 32)
    }

    /// The same window for some of the calls only; at least one.
    func scaled(by share: Double) -> CallWindow {
        CallWindow(tag: tag, limit: max(1, Int64(Double(limit) * share)), grain: grain, span: span)
    }
}

/// A steady pace for calls that would otherwise use up a minute's quota at its beginning: so many at once, then one
/// every `interval` milliseconds (the virtual scheduling algorithm of ITU-T I.371, Annex A).
struct CallPace: Sendable, Equatable {
    let interval: Double
    let burst: Int64

    /// A pace at which no minute sees more than `limit` calls: a fifth of them may come at once.
    init(minute limit: Double) {
        burst = max(1, Int64(limit / 5))
        interval = 60_000 / max(1, limit - Double(burst))
    }

    private init(interval: Double, burst: Int64) {
        self.interval = interval
        self.burst = burst
    }

    func scaled(by share: Double) -> CallPace {
        CallPace(interval: interval / share, burst: max(1, Int64(Double(burst) * share)))
    }
}

/// Something with limits, and the limits that apply to one call of it.
struct GovernedSubject: Sendable, Equatable {
    /// Such as `api:POST:im/v1/messages` or `chat:oc_…`.
    let name: String
    let windows: [CallWindow]
    let pace: CallPace?

    func scaled(by share: Double) -> GovernedSubject {
        GovernedSubject(
            name: name,
            windows: windows.map { $0.scaled(by: share) },
            pace: pace?.scaled(by: share)
        )
    }
}
