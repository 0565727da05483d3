import JSON
import NIOConcurrencyHelpers

/// The stand-in for Feishu's cloud: one tenant, one app, its chats, and what the bot does in them.
///
/// All state is in memory behind one lock; what is decided there is published on `feed` afterwards.
package final class FeishuCloud: Sendable {
    /// What the cloud knows.
    struct State: Sendable {
        var tokens: TokenDesk
        var uuids: SendLedger
        var limiter = FrequencyLimiter()
        var faults = FaultPlan()
        var effects: EffectJournal
        var directory: Directory
        var messages: MessageStore
        var sends: SendJournal
        var deliveries: DeliveryLog
        var requests: [String: Int] = [:]
        /// Grows with each update, so that a page can tell a newer one from one that came late.
        var revision: Int64 = 0
    }

    package let configuration: SandboxConfiguration
    package let feed = Feed()
    let time: CloudTime
    let courier: Courier
    private let state: NIOLockedValueBox<State>
    let tenantKey: String

    package init(configuration: SandboxConfiguration, time: CloudTime = .system, carrier: any EventCarrier) {
        self.configuration = configuration
        self.time = time
        let directory = Directory(app: configuration.app)
        tenantKey = directory.tenantKey
        state = NIOLockedValueBox(
            State(
                tokens: TokenDesk(lifetime: configuration.tokenLifetime),
                uuids: SendLedger(limit: configuration.bounds.journal),
                effects: EffectJournal(limit: configuration.bounds.journal),
                directory: directory,
                messages: MessageStore(bounds: configuration.bounds),
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
    func locked<Value>(_ body: (inout State) throws(APIError) -> Value) throws(APIError) -> Value {
        let result: Result<Value, APIError> = state.withLockedValue { state in
            do throws(APIError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Publishes an update of this kind about `value`.
    func publish(_ kind: String, _ value: JSONValue, revision: Int64) {
        feed.publish(["kind": .string(kind), "revision": .integer(revision), "value": value])
    }

    func view(of message: CloudMessage) -> JSONValue { message.view(appName: configuration.app.name) }

    func resource(of message: CloudMessage) -> JSONValue {
        message.resource(appID: configuration.app.id, tenantKey: tenantKey)
    }
}

extension FeishuCloud.State {
    mutating func nextRevision() -> Int64 {
        revision += 1
        return revision
    }
}
