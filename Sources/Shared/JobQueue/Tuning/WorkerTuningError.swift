/// Why a running worker was not changed as it was asked to; nothing has changed then.
public struct WorkerTuningError: Error, Equatable, CustomStringConvertible {
    /// What happened, to branch on. More may come.
    public struct Code: Hashable, Sendable {
        let text: String
        /// The number of places is not theirs to say while the worker scales itself.
        public static let autoscaling = Code(text: "not while the worker scales itself: change the range instead")
        /// A number of places, or a range of them, that no worker has.
        public static let outOfBounds = Code(text: "a worker has from 1 to 100000 places")
        /// No job of this worker has the name.
        public static let unknownTask = Code(text: "unknown task")
        /// A rate in none of the forms that Celery knows.
        public static let invalidRate = Code(text: "no rate: expected 10, 0.5, 100/s, 10/m or 1/h")
        /// A time limit that is not above zero.
        public static let invalidTimeLimit = Code(text: "a time limit is above zero")
        /// A name that no queue can have.
        public static let invalidQueue = Code(text: "no name of a queue")
        /// The worker takes from as many queues as it can.
        public static let tooManyQueues = Code(text: "a worker takes from at most 100 queues")
        /// The pool of a worker is no set of processes that could be started anew.
        public static let notSupported = Code(text: "pool restarts are not supported")
        /// Redis did not confirm.
        public static let unavailable = Code(text: "redis did not confirm")
    }

    public let code: Code

    init(_ code: Code) { self.code = code }

    public var description: String { code.text }
}
