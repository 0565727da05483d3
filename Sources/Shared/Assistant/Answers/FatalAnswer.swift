import JobQueue

/// An answer that workers died of, one after the other: it may be what kills them.
///
/// The queue gives such a task up, silently (`WorkerConfiguration.maximumDeliveries`). So before that, whoever waits is
/// told, on the card that may have begun to grow.
struct FatalAnswer: RetryAdvising, CustomStringConvertible {
    /// After so many deaths. Much less than the twelve of our workers, since telling may be cut off, too, and more than once.
    static let deaths = 3

    var retryAdvice: RetryAdvice { .never }
    var description: String { "workers died while they wrote this answer" }
}
