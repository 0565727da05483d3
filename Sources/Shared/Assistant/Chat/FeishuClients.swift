package import Feishu
import NIOConcurrencyHelpers

/// The clients of our apps at Feishu: those configured, and those that join them while the program runs.
package final class FeishuClients: Sendable, ExpressibleByArrayLiteral {
    private let configured: [FeishuClient]
    private let joined = NIOLockedValueBox<[FeishuClient]>([])

    /// - Parameter configured: These stay; the first of an app counts.
    package init(_ configured: [FeishuClient]) { self.configured = configured }

    package convenience init(arrayLiteral elements: FeishuClient...) { self.init(elements) }

    /// All there are, each app once.
    package var all: [FeishuClient] {
        (configured + joined.withLockedValue { $0 }).reduce(into: []) { clients, client in
            if !clients.contains(where: { $0.app.appID == client.app.appID }) { clients.append(client) }
        }
    }

    /// The client of an app; nil for one that is not ours.
    package subscript(_ appID: String) -> FeishuClient? {
        configured.first { $0.app.appID == appID }
            ?? joined.withLockedValue { clients in clients.first { $0.app.appID == appID } }
    }

    /// Has these apps join the configured ones, in the place of those that joined before. The client of an app that has
    /// not changed stays, with the tokens that it knows.
    ///
    /// - Parameters:
    ///   - apps: The apps.
    ///   - make: Makes the client of one that is new.
    package func join(_ apps: [FeishuApp], making make: (FeishuApp) -> FeishuClient) {
        let before = joined.withLockedValue { $0 }
        let clients = apps.map { app in before.first { $0.app == app } ?? make(app) }
        joined.withLockedValue { $0 = clients }
    }
}
