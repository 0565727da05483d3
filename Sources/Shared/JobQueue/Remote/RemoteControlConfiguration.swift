public import JSON

/// What a worker shows of itself to Celery's tools and to Flower, and what it lets them do.
///
/// Who can write to Redis can enqueue tasks and take them away; remote control gives nobody more than that.
public struct RemoteControlConfiguration: Sendable {
    /// Whether the worker tells that it is there (`worker-online`, `worker-heartbeat`, `worker-offline`) and answers
    /// requests: `celery inspect`, `celery control`.
    public var isEnabled = true
    /// Whether it publishes the events of its tasks from its start on, as `celery worker -E` does; remote control can
    /// switch them on and off (`enable_events`).
    public var sendsTaskEvents = false
    /// Time between two heartbeats. A monitor takes a worker as gone after twice that.
    public var heartbeat: Duration = .seconds(2)
    /// What the worker is called, one name for each process of the fleet; nil for one that nobody else has.
    public var nodeName: NodeName?
    /// What `sw_ver` of its events and its `report` say.
    public var softwareVersion = "0"
    /// Further settings that `conf` shows; no secrets.
    public var settings: [ShownSetting] = []

    public init() {}
}

/// A setting as remote control shows it.
public struct ShownSetting: Sendable, Hashable {
    public let name: String
    public let value: JSONValue
    /// Whether nobody set it; shown only where those are asked for (`with_defaults`).
    public let isDefault: Bool

    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Its value, masked where it is secret.
    ///   - isDefault: Whether nobody set it.
    public init(name: String, value: JSONValue, isDefault: Bool) {
        self.name = name
        self.value = value
        self.isDefault = isDefault
    }
}
