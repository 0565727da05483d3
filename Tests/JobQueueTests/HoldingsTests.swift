import TestSupport
import Testing

@testable import JobQueue

@Suite("Holdings")
struct HoldingsTests {
    /// Holdings that fetched tags 1 to `count`.
    private func holding(_ count: Int) -> Holdings {
        var holdings = Holdings()
        let (_, tag) = holdings.beginCycle(fetching: count, atMost: 64)
        _ = holdings.confirm([], from: tag, fetched: count)
        return holdings
    }

    @Test("what is settled while a cycle is under way goes out with the next one")
    func settledMeanwhile() {
        var holdings = holding(3)
        holdings.settle(Settlement(tag: 1))
        let (first, tag) = holdings.beginCycle(fetching: 0, atMost: 64)
        holdings.settle(Settlement(tag: 2))
        _ = holdings.confirm(first, from: tag, fetched: 0)
        #expect(first.map(\.tag) == [1])
        #expect(holdings.hasPending)
        #expect(holdings.beginCycle(fetching: 0, atMost: 64).settlements.map(\.tag) == [2])
    }

    @Test("after a lost reply everything is told again, first what came first")
    func restored() {
        var holdings = holding(3)
        holdings.settle(Settlement(tag: 1))
        let (lost, tag) = holdings.beginCycle(fetching: 5, atMost: 64)
        holdings.settle(Settlement(tag: 2))
        holdings.restore(lost, from: tag)
        #expect(holdings.isSuspicious)
        #expect(holdings.beginCycle(fetching: 0, atMost: 64).settlements.map(\.tag) == [1, 2])
    }

    @Test("tags that a lost reply carried are unknown; those of a cycle under way are not")
    func unknown() {
        var holdings = holding(2)
        let (settlements, lost) = holdings.beginCycle(fetching: 4, atMost: 64)  // could carry tags 3 to 6
        holdings.restore(settlements, from: lost)
        let (_, next) = holdings.beginCycle(fetching: 4, atMost: 64)  // could carry tags 7 to 10
        let horizon = holdings.horizon
        #expect(holdings.unknown([1, 2, 3, 4, 7, 8], before: horizon) == [3, 4])
        #expect(holdings.confirm([], from: next, fetched: 2) == 7..<9)
        #expect(holdings.unknown([1, 2, 3, 4, 7, 8], before: holdings.horizon) == [3, 4])
    }

    @Test("tags are never given out twice")
    func fresh() {
        var holdings = Holdings()
        var seen: Set<Int64> = []
        for round in 0..<20 {
            let (settlements, first) = holdings.beginCycle(fetching: 8, atMost: 64)
            for tag in first..<first + 8 { #expect(seen.insert(tag).inserted) }
            if round.isMultiple(of: 3) {
                holdings.restore(settlements, from: first)
            } else {
                _ = holdings.confirm(settlements, from: first, fetched: 8)
            }
        }
    }

    @Test("a batch is bounded and the rest follows in order")
    func bounded() {
        var holdings = holding(100)
        for tag in Int64(1)...100 { holdings.settle(Settlement(tag: tag)) }
        let (first, firstTag) = holdings.beginCycle(fetching: 0, atMost: 64)
        _ = holdings.confirm(first, from: firstTag, fetched: 0)
        let (second, secondTag) = holdings.beginCycle(fetching: 0, atMost: 64)
        #expect((first + second).map(\.tag) == Array(1...100))
        _ = holdings.confirm(second, from: secondTag, fetched: 0)
        #expect(holdings.count == 0)
    }

    @Test("of two cycles under way the second carries what may come before the first, and no more")
    func beside() {
        var holdings = holding(6)
        var later = Settlement(tag: 4)
        later.action = .later
        for settlement in [Settlement(tag: 1)] { holdings.settle(settlement) }
        let (first, tag) = holdings.beginCycle(fetching: 4, atMost: 64)  // could carry tags 7 to 10
        for settlement in [Settlement(tag: 2), Settlement(tag: 3), later, Settlement(tag: 5)] {
            holdings.settle(settlement)
        }
        let (second, besides) = holdings.beginCycle(fetching: 4, atMost: 64)  // could carry tags 11 to 14
        #expect(second.map(\.tag) == [2, 3])
        #expect(holdings.horizon == 7)

        // The first one's reply is lost, the second's comes.
        holdings.restore(first, from: tag)
        #expect(holdings.horizon == 11)
        #expect(holdings.confirm(second, from: besides, fetched: 4) == 11..<15)
        #expect(holdings.unknown([1, 4, 5, 6, 7, 8, 11, 12], before: holdings.horizon) == [7, 8])
        #expect(holdings.beginCycle(fetching: 0, atMost: 64).settlements.map(\.tag) == [1, 4, 5])
    }

    @Test("retry delays double up to the cap, then end")
    func retryPolicy() {
        let policy = RetryPolicy.exponential(base: .seconds(1), cap: .seconds(5), maximumRetries: 4)
        #expect(
            (1...5).map { policy.bound(beforeRetry: $0) } == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), nil]
        )
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            let delay = policy.delay(beforeRetry: 3, using: &generator) ?? .zero
            #expect((.zero)...(.seconds(4)) ~= delay)
        }
    }
}
