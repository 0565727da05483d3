import Feishu

/// How long minutes wait for what Feishu is still making, and how often they look.
package struct MinutesPatience: Sendable {
    /// For a recording or a transcript that is being made, from the first look on.
    package var longest: Duration
    /// Before it is believed that there is none, which Feishu also says of what it has not begun to make.
    package var doubt: Duration
    /// Before the second look.
    package var first: Duration
    /// Between two looks, at most.
    package var slowest: Duration

    package init(
        longest: Duration = .seconds(4 * 3_600),
        doubt: Duration = .seconds(20 * 60),
        first: Duration = .seconds(10),
        slowest: Duration = .seconds(300)
    ) {
        self.longest = longest
        self.doubt = doubt
        self.first = first
        self.slowest = slowest
    }

    /// How long an obstacle is waited out; nil for one that stays.
    func bound(for obstacle: MinutesObstacle) -> Duration? {
        switch obstacle {
        case .notReady: longest
        case .notRecorded, .withoutTranscript: doubt
        case .notShared, .notGranted, .deleted, .unknown, .tooLarge: nil
        }
    }

    /// Until the next look: half as long as was waited so far, so that few looks find it soon after it is there.
    func delay(afterWaiting waited: Duration) -> Duration { min(max(waited / 2, first), slowest) }
}
