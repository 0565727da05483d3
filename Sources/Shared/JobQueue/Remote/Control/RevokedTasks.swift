/// The ids of revoked tasks, the latest of them and for a while, as Celery keeps them (celery.worker.state: 50,000 for
/// three hours).
struct RevokedTasks: Sendable {
    static let maximumCount = 50_000
    static let life: Duration = .seconds(10_800)

    typealias Instant = ContinuousClock.Instant

    private var times: [String: Instant] = [:]
    /// In the order in which they were revoked; one that was revoked again stands twice, and its last place counts.
    private var order: [(id: String, time: Instant)] = []
    private var first = 0

    var count: Int { times.count }

    func contains(_ id: String) -> Bool { times[id] != nil }

    /// The oldest first.
    var ids: [String] { order[first...].compactMap { times[$0.id] == $0.time ? $0.id : nil } }

    /// - Returns: those that were not there before.
    @discardableResult
    mutating func insert(_ ids: some Sequence<String>, at now: Instant) -> [String] {
        var new: [String] = []
        for id in ids {
            let before = times.updateValue(now, forKey: id)
            if before == nil { new.append(id) }
            if before != now { order.append((id, now)) }
        }
        purge(at: now)
        return new
    }

    /// Forgets what is too old or too much.
    mutating func purge(at now: Instant) {
        while first < order.count {
            let (id, time) = order[first]
            let isCurrent = times[id] == time
            guard !isCurrent || times.count > Self.maximumCount || now - time > Self.life else { break }
            if isCurrent { times[id] = nil }
            first += 1
        }
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
        // The same ids again and again.
        if order.count - first > 2 * Self.maximumCount {
            order = order[first...].filter { times[$0.id] == $0.time }
            first = 0
        }
    }
}
