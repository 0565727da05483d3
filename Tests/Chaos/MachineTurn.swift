import Testing

/// One test with this trait runs at a time: each loads the machine as much as it can bear, and beside another one its
/// deadlines would tell of nothing but that.
struct MachineTurn: TestTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Queue.shared.enter()
        do {
            try await function()
        } catch {
            await Queue.shared.leave()
            throw error
        }
        await Queue.shared.leave()
    }

    private actor Queue {
        static let shared = Queue()

        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        /// Hands over to the next, if there is one.
        func leave() {
            guard !waiting.isEmpty else {
                isTaken = false
                return
            }
            waiting.removeFirst().resume()
        }
    }
}

extension Trait where Self == MachineTurn {
    /// Alone among the tests that have this trait.
    static var machineTurn: Self { Self() }
}
