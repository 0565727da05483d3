@testable import HTTPClient
import Testing

@Suite("Shared sockets")
struct SharedSocketsTests {
    private let start = ContinuousClock.now

    @Test("are acted on soon after an event, all of them now and then, and never without transfers that share")
    func due() {
        var sockets = SharedSockets()
        sockets.watch(7)
        sockets.watch(8)
        sockets.stir(7, at: start)
        #expect(sockets.due == nil)
        sockets.enter(at: start)
        #expect(sockets.due == start + SharedSockets.whileQuiet)
        sockets.stir(9, at: start)
        #expect(sockets.due == start + SharedSockets.whileQuiet)

        sockets.stir(7, at: start)
        let soon = start + SharedSockets.afterEvent
        #expect(sockets.due == soon)
        let early = sockets.take(at: start)
        #expect(early.isEmpty)
        let stirred = sockets.take(at: soon)
        #expect(stirred == [7])
        #expect(sockets.due == start + SharedSockets.whileQuiet)

        let all = sockets.take(at: start + SharedSockets.whileQuiet)
        #expect(all == [7, 8])
        sockets.forget(7)
        let rest = sockets.take(at: start + SharedSockets.whileQuiet * 2)
        #expect(rest == [8])
        sockets.leave()
        #expect(sockets.due == nil)
    }
}
