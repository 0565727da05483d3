@testable import HTTPClient
import Testing

@Suite("The heap of deadlines")
struct DeadlineHeapTests {
    private final class Owner {}

    @Test("gives back what is due, earliest first, and no more")
    func order() {
        let start = ContinuousClock.now
        let owner = Owner()
        var heap = DeadlineHeap()
        let delays = (0..<200).map { ($0 * 7919) % 200 }
        for delay in delays {
            heap.push(.init(due: start + .seconds(delay), transfer: ObjectIdentifier(owner)))
        }
        #expect(heap.next == start)
        heap.compact { $0.due != start + .seconds(5) }
        var due: [ContinuousClock.Instant] = []
        while let entry = heap.pop(ifDueAt: start + .seconds(99)) { due.append(entry.due) }
        #expect(due == (0..<100).filter { $0 != 5 }.map { start + .seconds($0) })
        #expect(heap.count == 100)
    }
}
