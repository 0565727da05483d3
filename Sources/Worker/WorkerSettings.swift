import JobQueue
import Platform

extension WorkerConfiguration {
    /// How a program's workers work, and what they store and tell of tasks.
    init(_ configuration: Configuration) {
        self.init(configuration.worker)
        let results = configuration.results
        tracksStart = results.tracksStart
        extendsResults = results.isExtended
        resultExpires = results.expires
        resultFailureExpires = results.failureExpires
        announcesTasks = results.sentEvents
    }

    /// How a program's workers work; the same for those who run the jobs and those who release them.
    init(_ settings: Configuration.Worker) {
        self.init(queues: settings.queues.map { QueueName($0) }, concurrency: settings.concurrency)
        autoscale = settings.autoscale
        queueOrder = settings.queueOrder == .strict ? .strict : .weighted([])
        gracePeriod = settings.gracePeriod
        lease = settings.lease
        beat = settings.lease / 5
        leaseMargin = settings.lease / 5
        visibilityTimeout = settings.visibilityTimeout
        unknownTaskRequeues = settings.unknownTaskRequeues
        // An answer that three workers died of is told of in its next attempt, which may die, too, by chance: of 10,000
        // messages in a storm of deaths the default of five gave 29 up without a word.
        maximumDeliveries = 12
    }
}

extension Durability {
    init(_ setting: Configuration.Durability) {
        switch setting {
        case .async: self = .async
        case .replicated: self = .replicated
        case .fsync: self = .fsync
        }
    }
}
