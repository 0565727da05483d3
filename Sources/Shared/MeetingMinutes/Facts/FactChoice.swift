/// Chooses among too many facts so that what is left is still of the whole meeting.
enum FactChoice {
    /// All of the places, in an order of which each beginning is spread over them: every 16th, then those between, and so on.
    static func spread(_ places: [Int]) -> [Int] {
        var order: [Int] = []
        var isTaken = [Bool](repeating: false, count: places.count)
        for stride in [16, 8, 4, 2, 1] {
            for index in Swift.stride(from: 0, to: places.count, by: stride) where !isTaken[index] {
                isTaken[index] = true
                order.append(places[index])
            }
        }
        return order
    }

    /// At most `limit` of the facts, in their order: actions and decisions first, of the others as many as there is room for.
    static func most(_ facts: [Fact], _ limit: Int) -> [Fact] {
        guard facts.count > limit else { return facts }
        let first = facts.indices.filter { [.decision, .action].contains(facts[$0].kind) }
        let rest = facts.indices.filter { ![.decision, .action].contains(facts[$0].kind) }
        return (spread(first) + spread(rest)).prefix(limit).sorted().map { facts[$0] }
    }
}
