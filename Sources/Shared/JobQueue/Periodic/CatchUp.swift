/// What becomes of the times that passed while nobody could make a periodic job happen: no worker ran, or Redis was away.
public enum CatchUp: Sendable, Hashable {
    /// Nothing: it goes on with the next time.
    case skip
    /// It happens once, for the last of them.
    case once
    /// It happens for each of them, at most for the last `atMost` (1 to 60).
    case all(atMost: Int)

    /// The most that are made up for in one step.
    static let mostAtOnce = 60
    /// What is no later than this counts as on time: a scheduler that died is followed by another one sooner.
    static let grace: Duration = .seconds(60)

    /// The times to make up for, of those that are due.
    ///
    /// - Parameters:
    ///   - due: The latest of them, in their order; `wanted` at most.
    ///   - now: Redis' time.
    /// - Returns: Those, in their order.
    func chosen(of due: [WireTime], now: WireTime) -> [WireTime] {
        switch self {
        case .skip: Array(due.suffix(1).filter { $0.advanced(by: Self.grace) >= now })
        case .once: Array(due.suffix(1))
        case .all(let atMost): Array(due.suffix(max(1, min(atMost, Self.mostAtOnce))))
        }
    }

    /// How many of the latest times it needs to know of.
    var wanted: Int {
        if case .all(let atMost) = self { max(1, min(atMost, Self.mostAtOnce)) } else { 1 }
    }
}
