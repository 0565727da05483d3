/// Everything a sandbox is told at its start.
package struct SandboxConfiguration: Sendable {
    /// Address to listen on. The sandbox has no accounts: keep it on the loopback interface.
    package var host: String
    /// Port to listen on; 0 takes any free one.
    package var port: Int
    /// Where events go, such as `http://127.0.0.1:8080/api/feishu/events`; nil delivers nothing.
    package var eventURL: String?
    /// The app a test or a visitor means when no other is named.
    package var app: SandboxApp
    /// Further apps (bots) of the same tenant.
    package var otherApps: [SandboxApp]
    /// Whether the event URL is asked for a challenge when the sandbox starts, as the console does on saving it.
    package var verifiesEventURL: Bool
    /// Life of a tenant access token; the real cloud gives two hours.
    package var tokenLifetime: Duration
    /// How many times faster than the real cloud failed events come again (15 s, 5 min, 1 h, 6 h divided by this).
    package var redeliverySpeed: Double
    /// How long the gateway has to answer one event; the real cloud waits 3 s.
    package var deliveryTimeout: Duration
    /// What the interface refuses as too often.
    package var rates: RateRules
    /// How much of the past is kept.
    package var bounds: MemoryBounds

    package init(
        host: String = "127.0.0.1",
        port: Int = 0,
        eventURL: String? = nil,
        app: SandboxApp = SandboxApp(),
        otherApps: [SandboxApp] = [],
        verifiesEventURL: Bool = true,
        tokenLifetime: Duration = .seconds(7200),
        redeliverySpeed: Double = 1,
        deliveryTimeout: Duration = .seconds(3),
        rates: RateRules = RateRules(),
        bounds: MemoryBounds = MemoryBounds()
    ) {
        self.host = host
        self.port = port
        self.eventURL = eventURL
        self.app = app
        self.otherApps = otherApps
        self.verifiesEventURL = verifiesEventURL
        self.tokenLifetime = tokenLifetime
        self.redeliverySpeed = redeliverySpeed
        self.deliveryTimeout = deliveryTimeout
        self.rates = rates
        self.bounds = bounds
    }

    /// Every app of the tenant, the main one first.
    package var apps: [SandboxApp] { [app] + otherApps }

    /// Where an app's events go: what it says itself, else the main URL, for another app with its id in the path.
    func eventURL(of app: SandboxApp) -> String? {
        if let url = app.eventURL { return url }
        guard app.id != self.app.id, let main = eventURL, main.hasSuffix("/events") else { return eventURL }
        return String(main.dropLast("/events".count)) + "/\(app.id)/events"
    }

    /// Where clicks on an app's cards go: the callback URL of its own, else that of its events.
    func callbackURL(of app: SandboxApp) -> String? { app.callbackURL ?? eventURL(of: app) }
}
