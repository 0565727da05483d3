import Foundation
import Testing

@testable import Plugins

@Suite("Who takes how much of the processor")
struct ProcessorLedgerTests {
    private func process(
        _ number: Int32,
        parent: Int32 = 1,
        group: Int32 = 10,
        start: UInt64 = 1,
        own: Double = 0,
        reaped: Double = 0
    ) -> ProcessTimes {
        ProcessTimes(
            process: number,
            parent: parent,
            group: group,
            start: start,
            own: .seconds(own),
            reaped: .seconds(reaped)
        )
    }

    @Test("counts each second once, while a process lives and when its parent has waited for it")
    func children() {
        var times = GroupTimes()
        #expect(times.take([process(10, own: 1)]) == .seconds(1))
        #expect(times.take([process(10, own: 1), process(11, parent: 10, own: 2)]) == .seconds(2))
        // It took another second before it ended.
        #expect(times.take([process(10, own: 1, reaped: 3)]) == .seconds(1))
        // One that was never seen.
        #expect(times.take([process(10, own: 1, reaped: 5)]) == .seconds(2))
        #expect(times.take([process(10, own: 1, reaped: 5)]) == .zero)
    }

    @Test("is not misled by processes that another waits for, or by a number that is given again")
    func strangers() {
        var times = GroupTimes()
        _ = times.take([process(10, own: 1), process(11, parent: 1, own: 7)])
        #expect(times.take([process(10, own: 2)]) == .seconds(1))
        #expect(times.take([process(10, start: 2, own: 3)]) == .seconds(3))
    }

    @Test("pauses all groups of a plugin, tells once, and has them go on")
    func pausing() throws {
        let (name, other) = (PluginName.sample, try #require(PluginName("other")))
        var ledger = ProcessorLedger(.init(share: 1, store: .seconds(2)))
        ledger.began(10, of: name)
        ledger.began(20, of: name)
        ledger.began(30, of: other)
        #expect(ledger.groups == [10, 20, 30])
        let busy = [process(10, own: 3), process(20, group: 20, own: 1), process(30, group: 30, own: 0.5)]
        #expect(ledger.look(at: busy, after: .seconds(1)) == [.tell(name), .pause(group: 10), .pause(group: 20)])
        #expect(ledger.heldBack == [name])
        #expect(ledger.look(at: busy, after: .seconds(1)) == [.pause(group: 10), .pause(group: 20)])
        #expect(ledger.look(at: busy, after: .seconds(1)) == [.resume(group: 10), .resume(group: 20)])
        // Held back again soon is nothing new.
        let more = [process(10, own: 9), busy[1], busy[2]]
        #expect(ledger.look(at: more, after: .seconds(1)) == [.pause(group: 10), .pause(group: 20)])
        #expect(ledger.look(at: more, after: .seconds(59)).count == 2)
        #expect(ledger.look(at: more, after: .seconds(60)) == [])
        #expect(ledger.heldBack.isEmpty)
    }

    @Test("a plugin that starts anew has what it left, and not more")
    func restarts() {
        var ledger = ProcessorLedger(.init(share: 1, store: .seconds(10)))
        ledger.began(10, of: .sample)
        #expect(ledger.look(at: [process(10, own: 10)], after: .seconds(1)) == [])
        ledger.ended(10, of: .sample)
        #expect(ledger.groups.isEmpty)
        ledger.began(20, of: .sample)
        let actions = ledger.look(at: [process(20, group: 20, own: 3)], after: .seconds(1))
        #expect(actions == [.tell(.sample), .pause(group: 20)])
    }

    @Test("reads what the kernel says, whatever a program is called")
    func line() throws {
        let line = "42 (a) b) R 7 40 1 0 -1 4194304 100 0 0 0 150 50 20 5 20 0 1 0 9000 1000 10 0"
        let times = try #require(ProcessTable.times(line))
        #expect([times.process, times.parent, times.group] == [42, 7, 40])
        #expect(times.start == 9_000)
        #expect(times.own / times.reaped == 8)
        #expect(ProcessTable.times("42 (a) R 7") == nil)
        #expect(ProcessTable.times("") == nil)
        let own = ProcessTable.processes(ofGroups: [getpgid(0)]).first { $0.process == getpid() }
        #expect(try #require(own).parent == getppid())
    }
}
