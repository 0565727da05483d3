package import Cryptography

/// Everything a sandbox is told at its start.
package struct SandboxConfiguration: Sendable {
    /// Address to listen on. The sandbox has no accounts: keep it on the loopback interface.
    package var host: String
    /// Port to listen on; 0 takes any free one.
    package var port: Int
    /// Where events go, such as `http://127.0.0.1:8080/api/feishu/events`; nil delivers nothing.
    package var eventURL: String?
    /// The one app this cloud knows.
    package var app: SandboxApp
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
        self.verifiesEventURL = verifiesEventURL
        self.tokenLifetime = tokenLifetime
        self.redeliverySpeed = redeliverySpeed
        self.deliveryTimeout = deliveryTimeout
        self.rates = rates
        self.bounds = bounds
    }
}

/// The app (bot) as the developer console would show it.
package struct SandboxApp: Sendable {
    /// `cli_` and 16 hexadecimal digits.
    package var id: String
    /// What the app shows to get a token.
    package var secret: Secret
    /// Key events are encrypted and signed with; nil sends them in clear and unsigned.
    package var encryptKey: Secret?
    /// Repeated in each event, so that the receiver knows who speaks.
    package var verificationToken: Secret
    /// The bot's name in chats.
    package var name: String

    package init(
        id: String = "cli_5a4d0b0c8f2e1a37",
        secret: Secret = Secret("sandbox-app-secret"),
        encryptKey: Secret? = Secret("sandbox-encrypt-key"),
        verificationToken: Secret = Secret("sandbox-verification-token"),
        name: String = "AI Assistant"
    ) {
        self.id = id
        self.secret = secret
        self.encryptKey = encryptKey
        self.verificationToken = verificationToken
        self.name = name
    }
}

/// Frequency limits, in requests; 0 switches one off. Defaults are those of the interface specification, section 8.
package struct RateRules: Sendable {
    /// Requests a second to one interface (tier 4).
    package var interfacePerSecond: Int
    /// Requests a minute to one interface (tier 4).
    package var interfacePerMinute: Int
    /// Messages a second into one chat.
    package var chatPerSecond: Int
    /// Changes a second of one card message.
    package var messagePerSecond: Int

    package init(
        interfacePerSecond: Int = 50,
        interfacePerMinute: Int = 1000,
        chatPerSecond: Int = 5,
        messagePerSecond: Int = 5
    ) {
        self.interfacePerSecond = interfacePerSecond
        self.interfacePerMinute = interfacePerMinute
        self.chatPerSecond = chatPerSecond
        self.messagePerSecond = messagePerSecond
    }

    /// No limit at all, for load tests.
    package static let none = RateRules(
        interfacePerSecond: 0,
        interfacePerMinute: 0,
        chatPerSecond: 0,
        messagePerSecond: 0
    )
}

/// Bounds of what is kept in memory; the oldest goes first.
package struct MemoryBounds: Sendable {
    /// Messages, of all chats together.
    package var messages: Int
    /// Deliveries of events, with their attempts.
    package var deliveries: Int
    /// Entries of the journal of sends, and keys of recorded effects.
    package var journal: Int
    /// Bytes of message texts, and as many again of events.
    package var bytes: Int
    /// Events on their way, waiting for a repetition included; more are refused.
    package var underway: Int

    package init(
        messages: Int = 20_000,
        deliveries: Int = 20_000,
        journal: Int = 200_000,
        bytes: Int = 64 << 20,
        underway: Int = 20_000
    ) {
        self.messages = messages
        self.deliveries = deliveries
        self.journal = journal
        self.bytes = bytes
        self.underway = underway
    }
}
