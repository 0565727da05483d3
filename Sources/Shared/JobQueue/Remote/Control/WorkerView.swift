import NIOConcurrencyHelpers

/// The running worker as those see it who are asked about it: what of it changes from one life to the next.
final class WorkerView: Sendable {
    let configuration: WorkerConfiguration
    /// What changes it, and counts what it does.
    let tuning: WorkerTuning
    private let life = NIOLockedValueBox<WorkerLife?>(nil)

    init(_ configuration: WorkerConfiguration, _ tuning: WorkerTuning) {
        self.configuration = configuration
        self.tuning = tuning
    }

    var registry: JobRegistry { tuning.registry }

    /// The consumers of the worker's present life, or of its last.
    private var consumers: [QueueConsumer] { life.withLockedValue { $0 }?.consumers ?? [] }

    /// A new life begins.
    func begin(_ life: WorkerLife) { self.life.withLockedValue { $0 = life } }

    /// Where it takes tasks from.
    var queues: [QueueName] { tuning.queues }

    /// How many jobs run.
    var activeCount: Int { consumers.reduce(0) { $0 + $1.running.count } }

    /// The tasks here: those that run, or those that wait for it.
    func held(active: Bool, atMost most: Int) -> [HeldTask] {
        var found: [HeldTask] = []
        for consumer in consumers where found.count < most {
            found += consumer.running.look {
                $0.held(active: active, atMost: most - found.count, at: .now, .now)
            }
        }
        return found
    }

    /// Those of these tasks that are here.
    func held(among ids: Set<String>) -> [String: HeldTask] {
        consumers.reduce(into: [:]) { found, consumer in
            found.merge(consumer.running.look { $0.held(among: ids, at: .now, .now) }) { first, _ in first }
        }
    }

    /// Ends the attempts of these tasks that run here, as revoked.
    func terminate(_ ids: some Sequence<String>) {
        for id in ids { for consumer in consumers { consumer.running.cancel(TaskID(id)) } }
    }

    /// Those of these tasks whose attempts were ended here a moment ago; each is told of once.
    func takeCancelled(among ids: Set<String>) -> Set<String> {
        consumers.reduce(into: []) { $0.formUnion($1.running.takeCancelled(among: ids)) }
    }

    /// These tasks are revoked: marks of those that run here end with them.
    func noteRevoked(_ ids: some Sequence<String>) {
        for id in ids { for consumer in consumers { consumer.running.noteRevoked(TaskID(id)) } }
    }
}
