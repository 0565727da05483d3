import Feishu
import NIOConcurrencyHelpers

/// The apps whose events are taken: those configured, and those that join them while the gateway runs.
final class EventApps: Sendable {
    /// What is looked up for each event.
    private struct Known {
        var first: EventReceiver?
        var receivers: [String: EventReceiver]
    }

    private let configured: [EventReceiver]
    private let known: NIOLockedValueBox<Known>

    /// - Parameter configured: The first also answers the path without an app id.
    init(_ configured: [FeishuApp]) {
        self.configured = configured.map { EventReceiver(app: $0) }
        known = NIOLockedValueBox(Self.known(self.configured))
    }

    /// Of the path that names no app; nil where there is none.
    var first: EventReceiver? { known.withLockedValue { $0.first } }

    /// Of an app; nil for one that is not ours.
    subscript(_ appID: String) -> EventReceiver? { known.withLockedValue { $0.receivers[appID] } }

    /// Has these apps join the configured ones, in the place of those that joined before.
    func join(_ apps: [FeishuApp]) {
        let next = Self.known(configured + apps.map { EventReceiver(app: $0) })
        known.withLockedValue { $0 = next }
    }

    private static func known(_ receivers: [EventReceiver]) -> Known {
        Known(
            first: receivers.first,
            receivers: Dictionary(receivers.map { ($0.app.appID, $0) }, uniquingKeysWith: { first, _ in first })
        )
    }
}
