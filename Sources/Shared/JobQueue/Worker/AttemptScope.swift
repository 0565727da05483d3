import NIOConcurrencyHelpers
import Redis

/// What the attempts of one queue share during one life of a worker, and reach through their `JobContext`.
final class AttemptScope: Sendable {
    let keys: QueueKeys
    let incarnation: Incarnation
    let configuration: WorkerConfiguration
    let producer: JobProducer
    let running = RunningJobs()
    /// What the worker holds; nil in a process that runs one attempt for another.
    let holdings: NIOLockedValueBox<Holdings>?
    /// What they keep beside their tasks.
    let store: any AttemptStore
    /// What time it is where a test's clock says so; nil for the machine's.
    let fixedTime: WireTime?
    /// Asked for when the worker stops.
    let stopping = StopRequest()

    init(
        _ keys: QueueKeys,
        _ incarnation: Incarnation,
        _ configuration: WorkerConfiguration,
        _ producer: JobProducer,
        holdings: NIOLockedValueBox<Holdings>? = nil,
        store: (any AttemptStore)? = nil,
        fixedTime: WireTime? = nil
    ) {
        self.holdings = holdings
        self.keys = keys
        self.incarnation = incarnation
        self.configuration = configuration
        self.producer = producer
        self.fixedTime = fixedTime
        self.store = store ?? RedisAttemptStore(producer.redis, keys, incarnation, configuration)
    }
}
