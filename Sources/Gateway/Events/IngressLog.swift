import Feishu
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Logs what an operator must know about the events: that they cannot be stored, that an app is set up wrongly.
///
/// Lines are few, however many the events: one when an outage begins and one when it is over, and one a minute for each
/// kind of misconfiguration, since anybody can provoke it.
final class IngressLog: Sendable {
    private struct State {
        var isOut = false
        var told: [EventRefusal: NIODeadline] = [:]
    }

    private static let pause: TimeAmount = .minutes(1)

    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(logger: Logger) {
        self.logger = logger
    }

    /// An event was not stored.
    ///
    /// - Parameter error: Why; nil when the store gave no answer in time.
    func notStored(_ error: (any Error)?) {
        let isNew = state.withLockedValue { state in
            defer { state.isOut = true }
            return !state.isOut
        }
        guard isNew else { return }
        let reason = error.map { "\($0)" } ?? "no answer in time"
        logger.error("events cannot be stored, answering 503", metadata: [LogKey.error: .string(reason)])
    }

    /// An event was stored.
    func stored() {
        let wasOut = state.withLockedValue { state in
            defer { state.isOut = false }
            return state.isOut
        }
        guard wasOut else { return }
        logger.notice("events are stored again")
    }

    /// A delivery was refused.
    func refused(_ refusal: EventRefusal, appID: String) {
        guard refusal.isMisconfiguration else { return }
        let now = NIODeadline.now()
        let isDue = state.withLockedValue { state in
            guard state.told[refusal].map({ now - $0 >= Self.pause }) ?? true else { return false }
            state.told[refusal] = now
            return true
        }
        guard isDue else { return }
        logger.warning(
            "deliveries are refused, check the app's settings",
            metadata: [LogKey.appID: .string(appID), LogKey.reason: .string(EventOutcome.refused(refusal).label)]
        )
    }
}
