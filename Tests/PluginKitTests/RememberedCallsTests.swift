import Testing

@testable import PluginKit

@Suite("Calls that are remembered")
struct RememberedCallsTests {
    private let start = ContinuousClock().now

    /// The keys that had to be asked anew, of those asked one after the other, each `pause` after the one before.
    private func made(
        asking keys: [String],
        of remembered: RememberedCalls,
        answer: Answer = Answer([1]),
        pause: Duration = .zero
    ) -> [String] {
        var remembered = remembered
        var made: [String] = []
        var now = start
        for key in keys {
            var isNew = false
            _ = remembered.call(key, at: now) {
                isNew = true
                return Task { answer }
            }
            if isNew {
                made.append(key)
                remembered.ended(key, with: answer, at: now)
            }
            now += pause
        }
        return made
    }

    @Test("are forgotten, the oldest first, where there are too many")
    func count() {
        let keys = ["a", "b", "c", "b", "c", "a"]
        #expect(made(asking: keys, of: RememberedCalls(most: 2)) == ["a", "b", "c", "a"])
    }

    @Test("are forgotten, the oldest first, where they are too large")
    func bytes() {
        let answer = Answer([1, 2, 3])
        let keys = ["a", "b", "b", "c", "a"]
        #expect(made(asking: keys, of: RememberedCalls(mostBytes: 6), answer: answer) == ["a", "b", "c", "a"])
    }

    @Test("are forgotten after ten minutes")
    func age() {
        #expect(made(asking: ["a", "a", "a"], of: RememberedCalls(), pause: .seconds(301)) == ["a", "a"])
    }

    @Test("are not those that failed")
    func failures() {
        let answer = Answer.failure(500, "internal", "")
        #expect(made(asking: ["a", "a"], of: RememberedCalls(), answer: answer) == ["a", "a"])
    }

    @Test("are forgotten only once they have ended")
    func underWay() {
        var remembered = RememberedCalls(most: 0)
        _ = remembered.call("a", at: start) { Task { Answer([]) } }
        var isNew = false
        _ = remembered.call("a", at: start + .seconds(3_600)) {
            isNew = true
            return Task { Answer([]) }
        }
        #expect(!isNew)
    }

    @Test("are stuck where all places are taken for longer than their time and ten seconds")
    func stuck() throws {
        var places = CallPlaces(most: 1, timeout: .seconds(1))
        let first = places.take(at: start)
        let second = places.take(at: start)
        let place = try #require(first)
        #expect(second == nil)
        #expect(!places.areStuck(at: start + .seconds(11)))
        #expect(places.areStuck(at: start + .seconds(12)))
        places.giveBack(place)
        #expect(!places.areStuck(at: start + .seconds(12)))
    }
}
