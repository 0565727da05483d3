import Testing

@testable import JobQueue

@Suite("What a worker that scales itself decides")
struct AutoscaleStateTests {
    typealias Load = AutoscaleState.Load

    private func short(_ capacity: Int, _ process: ProcessLoad = ProcessLoad()) -> Load {
        Load(capacity: capacity, busy: capacity, isShort: true, process: process)
    }

    private func idle(_ capacity: Int, busy: Int = 0) -> Load { Load(capacity: capacity, busy: busy, isShort: false) }

    @Test("places double while tasks wait, up to the most")
    func grows() {
        var state = AutoscaleState(3...50, at: .zero)
        var places = [3]
        for step in 1...6 {
            places.append(state.places(short(places[step - 1]), at: .milliseconds(100 * step)))
        }
        #expect(places == [3, 6, 12, 24, 48, 50, 50])
    }

    @Test("between two additions the last one has time to show what it costs")
    func paced() {
        var state = AutoscaleState(1...50, at: .zero)
        #expect(state.places(short(4), at: .milliseconds(10)) == 8)
        #expect(state.places(short(8), at: .milliseconds(60)) == 8)
        #expect(state.places(short(8), at: .milliseconds(110)) == 16)
    }

    @Test("taken places alone add none: somebody must wait")
    func full() {
        var state = AutoscaleState(1...50, at: .zero)
        #expect(state.places(idle(4, busy: 4), at: .seconds(1)) == 4)
    }

    @Test("what was not needed goes by half in each half minute, never below what was, nor below the least")
    func shrinks() {
        var state = AutoscaleState(2...100, at: .zero)
        #expect(state.places(short(50), at: .zero) == 100)
        #expect(state.places(idle(100, busy: 90), at: .seconds(1)) == 100)
        #expect(state.places(idle(100), at: .seconds(29)) == 100)
        // The first half minute had use for nearly all.
        #expect(state.places(idle(100), at: .seconds(30)) == 95)
        var places = [95]
        for round in 2...9 { places.append(state.places(idle(places[round - 2]), at: .seconds(30 * round))) }
        #expect(places == [95, 48, 25, 13, 7, 4, 3, 2, 2])
    }

    @Test("a peak within the half minute is remembered")
    func peak() {
        var state = AutoscaleState(1...100, at: .zero)
        #expect(state.places(idle(100, busy: 60), at: .seconds(10)) == 100)
        #expect(state.places(idle(100, busy: 1), at: .seconds(30)) == 80)
    }

    @Test("an overloaded process loses places once a second down to the least, however much waits")
    func brakes() {
        var state = AutoscaleState(5...100, at: .zero)
        let slow = ProcessLoad(delay: .milliseconds(300))
        #expect(state.places(short(100, slow), at: .seconds(1)) == 75)
        #expect(state.places(short(75, slow), at: .milliseconds(1_500)) == 75)
        var places = 75
        for second in 2...20 { places = state.places(short(places, slow), at: .seconds(second)) }
        #expect(places == 5)
    }

    @Test("after that places come back by eighths, a second apart, for half a minute")
    func careful() {
        var state = AutoscaleState(1...100, at: .zero)
        #expect(state.places(short(40, ProcessLoad(delay: .seconds(1))), at: .zero) == 30)
        #expect(state.places(short(30), at: .seconds(1)) == 34)
        #expect(state.places(short(34), at: .milliseconds(1_500)) == 34)
        #expect(state.places(short(34), at: .seconds(2)) == 39)
        #expect(state.places(short(39), at: .seconds(31)) == 78)
    }

    @Test(
        "no places are added where the process is half way to being overloaded",
        arguments: [ProcessLoad(delay: .milliseconds(60)), ProcessLoad(memory: 0.85)]
    )
    func noRoom(_ process: ProcessLoad) {
        var state = AutoscaleState(1...100, at: .zero)
        #expect(state.places(short(40, process), at: .seconds(1)) == 40)
    }

    @Test("memory that runs out takes places away as a slow process does")
    func memory() {
        var state = AutoscaleState(1...100, at: .zero)
        #expect(state.places(short(40, ProcessLoad(memory: 0.95)), at: .seconds(1)) == 30)
    }

    @Test("whatever happens, there are as many as the range allows")
    func bounds() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let least = Int.random(in: 1...20, using: &generator)
            let range = least...least + Int.random(in: 0...100, using: &generator)
            var state = AutoscaleState(range, at: .zero)
            var places = Int.random(in: 1...200, using: &generator)
            var now = Duration.zero
            for _ in 0..<50 {
                now += .milliseconds(Int.random(in: 1...40_000, using: &generator))
                let process = ProcessLoad(delay: .milliseconds(Int.random(in: 0...300, using: &generator)))
                let load = Load(
                    capacity: places,
                    busy: Int.random(in: 0...places + 5, using: &generator),
                    isShort: .random(using: &generator),
                    process: process
                )
                places = state.places(load, at: now)
                #expect(range.contains(places))
            }
        }
    }
}
