/// How the queues of a worker share its places for running jobs where these are short.
public enum QueueOrder: Sendable, Hashable {
    /// Each queue that has work gets places in proportion to its weight, and one at least. Queues without a weight of
    /// their own weigh twice what the next one weighs.
    case weighted([Int])
    /// A queue that has work goes before those that come after it, which may starve.
    case strict

    /// What the queue at this place weighs.
    func weight(of index: Int, among count: Int) -> Int {
        if case .weighted(let weights) = self, weights.indices.contains(index) { return max(1, weights[index]) }
        return 1 << min(20, max(0, count - 1 - index))
    }
}
