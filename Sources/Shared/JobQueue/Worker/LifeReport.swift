/// What a worker tells of one of its lives, so that it can be released should its process die.
public struct LifeReport: Sendable, Hashable {
    /// How far the life has come. More may come.
    public struct Stage: Sendable, Hashable {
        let text: String
        /// About to register: from now on a queue may know of it.
        public static let beginning = Stage(text: "beginning")
        /// Every queue knows of it, and it works.
        public static let registered = Stage(text: "registered")
        /// About to register with ``LifeReport/queue``, which its configuration does not name: from now on that may know of
        /// it, too.
        public static let joining = Stage(text: "joining")
    }

    public let incarnation: Incarnation
    public let stage: Stage
    /// The queue that a worker joins while it runs; else nil.
    public var queue: QueueName?
}
