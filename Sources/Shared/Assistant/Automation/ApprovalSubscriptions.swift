import Feishu
import JSON
package import Logging
import ServiceLifecycle

/// Has Feishu tell of the approvals that rules wait for: those whose code is in a condition on `approval_code`.
///
/// Feishu sends no event of an approval to an app that has not asked for its code. Every worker asks, once for each code
/// and app; that it was asked before is no error.
package actor ApprovalSubscriptions: Service {
    /// An app and a code of an approval.
    struct Wish: Hashable {
        let appID: String
        let code: String
    }

    private let book: RuleBook
    private let clients: FeishuClients
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var done: Set<Wish> = []
    /// Told once, and tried again at every look.
    private var failed: Set<Wish> = []

    /// - Parameters:
    ///   - book: the rules in force.
    ///   - clients: of the apps.
    ///   - interval: between two looks at the rules.
    ///   - clock: by which it waits.
    ///   - logger: hears of what was refused.
    package init(
        book: RuleBook,
        clients: FeishuClients,
        interval: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.book = book
        self.clients = clients
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Asks for what is new, now and at every interval, until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.follow() } }

    private func follow() async {
        while !Task.isCancelled {
            await subscribe()
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }

    /// Looks once.
    package func subscribe() async {
        for client in clients.all {
            for code in book.rules.approvalCodes(ofApp: client.app.appID) {
                let wish = Wish(appID: client.app.appID, code: code)
                guard !done.contains(wish) else { continue }
                do throws(FeishuError) {
                    try await client.subscribe(toApproval: code)
                    done.insert(wish)
                    failed.remove(wish)
                } catch {
                    guard failed.insert(wish).inserted else { continue }
                    logger.warning(
                        "Feishu does not tell of an approval that a rule waits for",
                        metadata: ["app_id": "\(wish.appID)", "approval_code": "\(code)", "error": "\(error)"]
                    )
                }
            }
        }
    }
}

extension Rules {
    /// The codes of the approvals that rules for this app wait for, each once.
    func approvalCodes(ofApp appID: String) -> [String] {
        var codes: [String] = []
        for rule in rules where rule.appID == nil || rule.appID == appID {
            guard case .event(let type, let conditions) = rule.trigger, type.hasPrefix("approval") else { continue }
            for condition in conditions {
                guard condition.pointer.tokens == ["event", "approval_code"], case .equals(let code) = condition.test,
                    !codes.contains(code)
                else { continue }
                codes.append(code)
            }
        }
        return codes
    }
}
