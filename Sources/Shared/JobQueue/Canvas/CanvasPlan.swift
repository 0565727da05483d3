import JSON

/// What is to be done in Redis when a task has ended, beyond what becomes of the task itself: messages to publish, chords
/// to set up, results to store, parts of chords to count. The script that settles the task does all of it in its one
/// step.
///
/// Some of it can be told only there: what a chord's body is called with, and what its failure says. Such a text has a
/// *gap* that the script fills.
struct CanvasPlan: Sendable, Hashable {
    /// A text with at most one gap.
    struct Template: Sendable, Hashable {
        /// What fills the gap.
        enum Gap: String, Sendable {
            /// The results of a chord's header as a JSON list, inside of a JSON string.
            case results = "r"
            /// The same where it stands for itself.
            case list = "l"
            /// The error of a chord as Celery's exception object.
            case error = "e"
            /// The error of the part that made it fail.
            case cause = "c"
            /// The error of a chord, and behind it the member `traceback` of a result.
            case tracedError = "E"
            /// The error of the part that made it fail, in the same way.
            case tracedCause = "C"
        }

        let before: [UInt8]
        var gap: Gap?
        var after: [UInt8] = []
    }

    /// A message and where it goes.
    struct Message: Sendable, Hashable {
        let queue: QueueName
        /// Of the list by priority; 0 for the queue's own.
        let step: Int
        /// Not to run before this; nil for now.
        let due: WireTime?
        var text: Template
        /// A body that does not stand in the message: what its key ends in, and its bytes.
        var body: Body?
        /// What monitors are told as it is published; nil for nothing.
        var event: Event?

        /// A `task-sent` in its envelope.
        struct Event: Sendable, Hashable {
            let channel: String
            let envelope: [UInt8]
        }

        struct Body: Sendable, Hashable {
            let reference: String
            let bytes: [UInt8]
        }
    }

    /// A chord before the first part of its header is published.
    struct Setup: Sendable, Hashable {
        /// Of the header.
        let groupID: String
        /// How many parts there are.
        let size: Int
        /// The results of the header where they are nested, as Celery stores them.
        let structure: [UInt8]?
    }

    /// The state of a task that will never run; on a Cluster also of the one that has ended.
    struct Result: Sendable, Hashable {
        let id: TaskID
        var text: Template
        /// How long it is kept; nil for as long as the others.
        var life: Duration?
    }

    /// One part of a chord that has ended, and what follows where it is the last one.
    struct Part: Sendable, Hashable {
        enum State: String, Sendable {
            case success = "SUCCESS"
            case failure = "FAILURE"
            case revoked = "REVOKED"
        }

        let groupID: String
        let id: String
        let index: Int64?
        let state: State
        /// The value or the exception object; nil for the error of the chord that failed.
        let value: [UInt8]?
        /// Where all parts succeeded.
        let success: CanvasPlan
        /// Where one did not.
        let failure: CanvasPlan
    }

    var setups: [Setup] = []
    var messages: [Message] = []
    var results: [Result] = []
    var parts: [Part] = []

    var isEmpty: Bool { setups.isEmpty && messages.isEmpty && results.isEmpty && parts.isEmpty }

    mutating func append(_ other: CanvasPlan) {
        setups += other.setups
        messages += other.messages
        results += other.results
        parts += other.parts
    }
}
