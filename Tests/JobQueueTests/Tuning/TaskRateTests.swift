import Testing

@testable import JobQueue

@Suite("Rates in Celery's forms")
struct TaskRateTests {
    @Test(
        "a number counts by the second, a form by what it names",
        arguments: [
            ("10", 10, 1), ("0.5", 0.5, 1), ("100/s", 100, 1), ("10/m", 10, 60), ("1/h", 1, 3_600), ("10/", -1, 0),
            ("0", 0, 1), ("0/m", 0, 60), ("fast", -1, 0), ("10/d", -1, 0), ("-1/s", -1, 0), ("", -1, 0),
            ("1/m/h", -1, 0),
            ("nan", -1, 0), ("inf/s", -1, 0), ("1e3/s", -1, 0), ("1.2.3", -1, 0), (".", -1, 0), ("/m", -1, 0),
        ] as [(String, Double, Int)]
    )
    func forms(_ text: String, _ tasks: Double, _ seconds: Int) {
        let rate: TaskRate? = try? TaskRate(text)
        #expect(rate?.tasks == (tasks < 0 ? nil : tasks))
        if let rate { #expect(rate.period == .seconds(seconds)) }
    }

    @Test("a number per second that is below zero, or none, is refused", arguments: [-1, .nan, .infinity])
    func numbers(_ number: Double) {
        #expect(throws: WorkerTuningError(.invalidRate)) { try TaskRate(perSecond: number) }
    }

    @Test("as a limit it lets no more begin at once than one, and none is no limit")
    func limit() throws {
        #expect(try TaskRate("10/m").rate == QueueLimit.Rate(10, per: .seconds(60), burst: 1))
        #expect(try TaskRate("0/m").rate == nil)
        #expect(TaskRate.unlimited.rate == nil)
        #expect(try TaskRate("0.5").description == "0.5/s")
        #expect(try TaskRate("10/m").description == "10/m")
    }
}
