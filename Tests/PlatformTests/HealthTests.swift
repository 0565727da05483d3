import Testing

@testable import Platform

@Suite("Health")
struct HealthTests {
    @Test("reports whole seconds since the start")
    func healthy() {
        let start = ContinuousClock.now
        let report = Uptime(start: start).report(at: start + .milliseconds(120_900))
        #expect(report.json == #"{"status":"healthy","uptime":120}"#)
    }

    private struct Refused: Error, CustomStringConvertible {
        let description = "connection \"refused\""
    }

    @Test("is ready when every check passes, and says which does not")
    func readiness() async {
        let good = ReadinessCheck(name: "redis") {}
        let bad = ReadinessCheck(name: "model") { throw Refused() }
        #expect(await ReadinessReport.evaluate([good]).json == #"{"status":"ready","checks":{"redis":"ok"}}"#)
        let report = await ReadinessReport.evaluate([good, bad])
        #expect(!report.isReady)
        #expect(report.json == #"{"status":"unready","checks":{"redis":"ok","model":"connection \"refused\""}}"#)
    }

    @Test("does not wait for a check beyond its deadline")
    func deadline() async {
        let stuck = ReadinessCheck(name: "redis", deadline: .milliseconds(10)) {
            try await Task.sleep(for: .seconds(3_600))
        }
        let report = await ReadinessReport.evaluate([stuck, stuck])
        #expect(report.results.map(\.failure) == ["no answer within 0.01 seconds", "no answer within 0.01 seconds"])
    }
}
