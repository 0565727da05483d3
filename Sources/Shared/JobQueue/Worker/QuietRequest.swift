/// The wish that a worker takes no more tasks and goes on with those that it runs. It comes once, cannot be taken back,
/// and outlives the loss of a lease.
///
/// Ask for it some time before a stop where jobs run for minutes: at the stop little is left to be cut off.
public final class QuietRequest: Sendable {
    private let request = StopRequest()

    public init() {}

    public var isAsked: Bool { request.isAsked }

    public func ask() { request.ask() }

    /// Returns once it is asked for, or when the task is cancelled.
    func asked() async { await request.asked() }
}
