/// A task that a worker has in its hands.
struct HeldTask: Sendable {
    let delivery: Delivery
    /// When its job's code began, as UNIX time in seconds; nil where it has not yet.
    let begun: Double?

    var isActive: Bool { begun != nil }
}

extension RunningTable {
    /// The tasks here, at most so many: those whose code has begun, or those whose has not.
    func held(active: Bool, atMost most: Int, at now: Instant, _ time: WireTime) -> [HeldTask] {
        var found: [HeldTask] = []
        for (delivery, id, begun) in everything {
            guard found.count < most else { break }
            guard (id != nil) == active else { continue }
            found.append(HeldTask(delivery: delivery, begun: active ? Self.begun(begun, now, time) : nil))
        }
        return found
    }

    /// Those of these tasks that are here.
    func held(among ids: Set<String>, at now: Instant, _ time: WireTime) -> [String: HeldTask] {
        var found: [String: HeldTask] = [:]
        for (delivery, id, begun) in everything {
            let name: String
            if let id {
                name = id.rawValue
            } else if let message = try? TaskMessage(decoding: delivery.raw) {
                name = message.id.rawValue
            } else {
                continue
            }
            guard ids.contains(name) else { continue }
            let isActive = id != nil
            found[name] = HeldTask(delivery: delivery, begun: isActive ? Self.begun(begun, now, time) : nil)
        }
        return found
    }

    private static func begun(_ begun: Instant?, _ now: Instant, _ time: WireTime) -> Double {
        Double(time.milliseconds - (begun.map { (now - $0).milliseconds } ?? 0)) / 1000
    }
}
