import TestSupport
import Testing

@Suite("Time but for a busy machine")
struct UnhurriedTimeTests {
    @Test("a wait is counted, and never for longer than it was")
    func counts() async throws {
        let began = ContinuousClock.now
        let (value, took) = try await unhurried {
            try await Task.sleep(for: .milliseconds(300))
            return 1
        }
        #expect(value == 1)
        #expect(took > .milliseconds(30))
        #expect(took <= ContinuousClock.now - began)
    }
}
