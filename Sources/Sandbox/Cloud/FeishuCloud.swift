import JSON
import NIOConcurrencyHelpers

/// The stand-in for Feishu's cloud: one tenant, its apps, people and chats, and what the bots do in them.
///
/// All state is in memory behind one lock; what is decided there is published on `feed` afterwards.
package final class FeishuCloud: Sendable {
    /// What the cloud knows.
    struct State: Sendable {
        /// By id; scopes and callback URLs can be changed while the cloud runs.
        var apps: [String: SandboxApp]
        var rates: RateRules
        var quotas: [String: MonthlyQuota] = [:]
        var tokens: TokenDesk
        var uuids: SendLedger
        var newChats: SendLedger
        var taskTokens: SendLedger
        var tasks: TaskStore
        var meetings: MeetingStore
        var documents: DocumentStore
        /// Changes of documents by their `client_token`, with what they were answered.
        var documentTokens: SendLedger
        /// `app code` of those that asked to hear of an approval.
        var approvalSubscriptions: Set<String> = []
        var limiter = FrequencyLimiter()
        var meter: CallMeter
        var faults = FaultPlan()
        var effects: EffectJournal
        var directory: Directory
        var messages: MessageStore
        var cards: CardStore
        var clicks = ClickDesk()
        var resources: ResourceStore
        var sends: SendJournal
        var deliveries: DeliveryLog
        /// Grows with each update, so that a page can tell a newer one from one that came late.
        var revision: Int64 = 0
    }

    package let configuration: SandboxConfiguration
    package let feed = Feed()
    let time: CloudTime
    let courier: Courier
    let carrier: any EventCarrier
    private let state: NIOLockedValueBox<State>
    let tenantKey: String

    package init(configuration: SandboxConfiguration, time: CloudTime = .system, carrier: any EventCarrier) {
        self.configuration = configuration
        self.time = time
        self.carrier = carrier
        let directory = Directory(apps: configuration.apps)
        tenantKey = directory.tenantKey
        state = NIOLockedValueBox(
            State(
                apps: Dictionary(configuration.apps.map { ($0.id, $0) }) { first, _ in first },
                rates: configuration.rates,
                tokens: TokenDesk(lifetime: configuration.tokenLifetime),
                uuids: SendLedger(limit: configuration.bounds.journal),
                newChats: SendLedger(limit: 10_000, memory: 10 * 60 * 60 * 1000),
                taskTokens: SendLedger(limit: 10_000, memory: 5 * 60 * 1000),
                tasks: TaskStore(limit: configuration.bounds.tasks),
                meetings: MeetingStore(limit: configuration.bounds.meetings),
                documents: DocumentStore(limit: configuration.bounds.documents),
                documentTokens: SendLedger(limit: 10_000),
                meter: CallMeter(limit: configuration.bounds.journal),
                effects: EffectJournal(limit: configuration.bounds.journal),
                directory: directory,
                messages: MessageStore(bounds: configuration.bounds),
                cards: CardStore(limit: configuration.bounds.cards),
                resources: ResourceStore(limit: configuration.bounds.resourceBytes),
                sends: SendJournal(limit: configuration.bounds.journal),
                deliveries: DeliveryLog(bounds: configuration.bounds)
            )
        )
        courier = Courier(configuration: configuration, time: time, carrier: carrier)
    }

    /// Reads or changes what the cloud knows, alone.
    func withState<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        try state.withLockedValue(body)
    }

    /// The same, keeping the error's type.
    func locked<Value, Failure: Error>(_ body: (inout State) throws(Failure) -> Value) throws(Failure) -> Value {
        let result: Result<Value, Failure> = state.withLockedValue { state in
            do throws(Failure) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Publishes an update of this kind; `value` is made only if somebody listens.
    func publish(_ kind: String, revision: Int64, _ value: () -> JSONValue) {
        guard feed.isHeard else { return }
        feed.publish(["kind": .string(kind), "revision": .integer(revision), "value": value()])
    }

    /// Tells the page of a message, as it is now.
    func publish(_ message: CloudMessage, revision: Int64) {
        publish("message", revision: revision) { view(of: message) }
    }

    /// The message for the page, its card as it is now.
    func view(of message: CloudMessage) -> JSONValue {
        let now = time.now()
        let (shown, until) = withState { state -> (CloudMessage, Int64?) in
            let card = message.cardID.flatMap { state.cards[$0] }
            let until = card?.streaming(now: now) == .on ? card?.streamsUntil : nil
            return (state.shown(message, now: now), until)
        }
        var view = shown.view(nameOf: botName).object ?? [:]
        view["streams_until"] = until.map(JSONValue.integer)
        return .object(view)
    }

    /// The message for the interface, its card as it is now.
    func resource(of message: CloudMessage) -> JSONValue {
        let now = time.now()
        return withState { $0.shown(message, now: now) }.resource(tenantKey: tenantKey)
    }

    private func botName(_ id: String) -> String {
        configuration.apps.first { $0.id == id }?.name ?? id
    }
}

extension FeishuCloud.State {
    mutating func nextRevision() -> Int64 {
        revision += 1
        return revision
    }

    /// A message that shows a card entity, with the entity's card put in.
    func shown(_ message: CloudMessage, now: Int64) -> CloudMessage {
        guard let id = message.cardID, let entity = cards[id] else { return message }
        var shown = message
        let card = entity.current(now: now)
        shown.original = card.text
        shown.content = ContentEcho.echo(card, type: "interactive") { _ in "" }.content
        return shown
    }

    /// Whether the app may do what needs any one of these scopes.
    func grants(_ app: String, _ needed: [String]) -> Bool { apps[app]?.scopes.grants(needed) ?? false }
}
