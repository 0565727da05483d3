/// What was answered under an idempotency key, so that a call that comes again is not made again.
///
/// Answers are kept for 10 minutes, the newest of them in at most 1,000 entries and 16 MiB. A failure is not kept, so that
/// the call can be made again. No lock and no clock: its owner has both.
struct RememberedCalls {
    private struct Entry {
        let call: Task<Answer, Never>
        /// When the call ended, and how many bytes are kept of it; nil while it is under way.
        var end: (at: ContinuousClock.Instant, bytes: Int)?
    }

    private let lifetime: Duration = .seconds(600)
    private let most: Int
    private let mostBytes: Int
    private var entries: [String: Entry] = [:]
    /// Keys of calls that have ended, the oldest first.
    private var ended: [String] = []
    private var bytes = 0

    init(most: Int = 1_000, mostBytes: Int = 16 << 20) {
        self.most = most
        self.mostBytes = mostBytes
    }

    /// The call under this key, made now unless there is one.
    mutating func call(
        _ key: String,
        at now: ContinuousClock.Instant,
        make: () -> Task<Answer, Never>
    ) -> Task<Answer, Never> {
        forget(at: now)
        if let entry = entries[key] { return entry.call }
        let call = make()
        entries[key] = Entry(call: call)
        return call
    }

    /// Notes how the call under this key ended.
    mutating func ended(_ key: String, with answer: Answer, at now: ContinuousClock.Instant) {
        guard answer.isFinal else {
            entries[key] = nil
            return
        }
        entries[key]?.end = (now, answer.body.count)
        bytes += answer.body.count
        ended.append(key)
        forget(at: now)
    }

    /// Drops what is too old or too much, the oldest first; never what is under way.
    private mutating func forget(at now: ContinuousClock.Instant) {
        var dropped = 0
        for key in ended {
            guard let end = entries[key]?.end else { break }
            guard now - end.at > lifetime || ended.count - dropped > most || bytes > mostBytes else { break }
            entries[key] = nil
            bytes -= end.bytes
            dropped += 1
        }
        ended.removeFirst(dropped)
    }
}
