import NIOCore
import Testing

@testable import JobQueue

@Suite("How a worker stands with one queue")
struct QueueStandingTests {
    private func registered() -> QueueStanding {
        var standing = QueueStanding()
        standing.register(at: .uptimeNanoseconds(5))
        return standing
    }

    @Test("a closed queue is as a quiet worker's, open again as any other, and a stop outranks both")
    func closed() {
        var standing = registered()
        standing.close()
        #expect(standing.effectivePhase == .quiet)
        let isOpen = standing.reopen()
        #expect(isOpen)
        #expect(standing.effectivePhase == .working)
        standing.close()
        standing.enter(.draining)
        #expect(standing.effectivePhase == .draining)
        standing.enter(.quiet)
        #expect(standing.phase == .draining, "a phase never goes back")
    }

    @Test("an open consumer goes on when idle, a closed one ends and cannot be opened, one that drains only ends")
    func ends() {
        var standing = registered()
        let endsOpen = standing.endsWhenIdle()
        #expect(!endsOpen)
        standing.close()
        let endsClosed = standing.endsWhenIdle()
        #expect(endsClosed)
        #expect(standing.isOver)
        let isOpen = standing.reopen()
        #expect(!isOpen)
        standing.register(at: .uptimeNanoseconds(9))
        #expect(!standing.isOver)
        #expect(!standing.isClosed)
        standing.enter(.draining)
        let endsDraining = standing.endsWhenIdle()
        #expect(endsDraining)
        #expect(!standing.isOver, "the life ends, and it leaves with that")
    }

    @Test("a refusal counts while the queue is to know of the worker, and only to what was asked since it does")
    func refusals() {
        var standing = registered()
        let first = standing.registration
        #expect(standing.counts(first))
        standing.leave()
        #expect(!standing.counts(first))
        standing.register(at: .uptimeNanoseconds(9))
        #expect(!standing.counts(first))
        #expect(standing.counts(standing.registration))
    }

    @Test(
        "the lease begins with the last request that is known to have renewed it; one of an older registration does not"
    )
    func lease() {
        var standing = QueueStanding()
        #expect(standing.leaseBegan == nil)
        standing.register(at: .uptimeNanoseconds(5))
        let first = standing.registration
        standing.confirm(first, at: .uptimeNanoseconds(7))
        #expect(standing.leaseBegan == .uptimeNanoseconds(7))
        standing.leave()
        #expect(standing.leaseBegan == nil)
        standing.register(at: .uptimeNanoseconds(20))
        standing.confirm(first, at: .uptimeNanoseconds(30))
        #expect(standing.leaseBegan == .uptimeNanoseconds(20))
    }
}
