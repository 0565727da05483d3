import NIOConcurrencyHelpers

/// The logical clock by which monitors put the events of a fleet in order (kombu.clocks): it rises with everything that
/// a node sends, and past everything that it receives.
final class LamportClock: Sendable {
    /// Beyond this a number is no exact integer for every reader of JSON; what claims to be later is not believed.
    static let limit: Int64 = 1 << 53

    private let time = NIOLockedValueBox<Int64>(0)

    var value: Int64 { time.withLockedValue { $0 } }

    /// The time of what is sent next.
    func tick() -> Int64 {
        time.withLockedValue { time in
            time += 1
            return time
        }
    }

    /// Takes note of the time of what was received.
    func adjust(to received: Int64) {
        time.withLockedValue { time in
            let isCredible = received > time && received < Self.limit
            time = (isCredible ? received : time) + 1
        }
    }
}
