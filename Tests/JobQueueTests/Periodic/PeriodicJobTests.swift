import JSON
import Testing

@testable import JobQueue

@Suite("Periodic jobs")
struct PeriodicJobTests {
    private let full = [
        "name": "report:daily", "cron": "0 9 * * 1-5", "zone": "Europe/Berlin", "task": "reports.make",
        "args": #"[1, "二"]"#, "kwargs": #"{"deep": {"a": [null]}}"#, "queue": "background", "priority": "4",
        "expires": "1.5", "ordering_key": "re ports", "catch_up": "all", "at_most": "7", "catch_up_within": "1800",
        "start": "2026-12-01T00:00:00+08:00", "end": "2027-12-01T00:00:00Z", "jitter": "30",
    ]

    private func job(_ changes: [String: String?] = [:]) throws(ScheduleProblem) -> PeriodicJob {
        var fields = full
        for (name, value) in changes { fields[name] = value }
        return try PeriodicJob(fields: fields, zone: "Asia/Shanghai", source: .configuration)
    }

    @Test("what was described in words stands in Redis as it was meant")
    func words() throws {
        let job = try job()
        #expect(job.schedule.description == "0 9 * * 1-5 (Europe/Berlin)")
        #expect(job.arguments == [1, "二"])
        #expect(job.expires == .milliseconds(1_500))
        #expect(job.orderingKey?.rawValue == "re%20ports")
        #expect(job.catchUp == .all(atMost: 7) && job.catchUpWithin == .seconds(1_800))
        #expect(job.start?.text == "2026-11-30T16:00:00.000+00:00")
        #expect(try PeriodicJob(job.json.bytes) == job)
        var seen = job
        seen.seenAs = "rule:a"
        #expect(try PeriodicJob(seen.json.bytes) == seen)
        let small = try PeriodicJob(
            fields: ["name": "a", "every": "60", "task": "t", "queue": "q"],
            zone: "UTC",
            source: .runTime
        )
        #expect(
            small.json.text
                == #"{"name":"a","schedule":{"every":60},"task":"t","kwargs":{},"queue":"q","catch_up":"once","source":"run time"}"#
        )
        #expect(try PeriodicJob(small.json.bytes) == small)
        #expect(Set(PeriodicJob.fieldNames) == Set(full.keys).union(["every"]))
    }

    @Test(
        "a field that is wrong is named",
        arguments: [
            ("name", "a b"), ("name", ""), ("name", "ü"), ("task", ""), ("task", "a\nb"), ("queue", "{q}"),
            ("args", "{}"), ("args", "[1"), ("kwargs", "[]"), ("kwargs", "nonsense"), ("priority", "10"),
            ("priority", "high"), ("expires", "0"), ("expires", "1e300"), ("expires", "nan"), ("catch_up", "never"),
            ("at_most", "0"), ("at_most", "61"), ("start", "tomorrow"), ("end", "2026-11-01T00:00:00Z"),
            ("jitter", "-1"), ("jitter", "1e9"), ("catch_up_within", "0"), ("cron", "x"), ("zone", "Nowhere"),
        ]
    )
    func wrong(field: String, value: String) {
        let problem = #expect(throws: ScheduleProblem.self) { try job([field: value]) }
        #expect(problem?.field == field)
    }

    @Test("cron and every exclude each other, and so do at_most and other rules than all")
    func together() {
        #expect(throws: ScheduleProblem.self) { try job(["every": "60"]) }
        #expect(throws: ScheduleProblem.self) { try job(["cron": nil]) }
        #expect(throws: ScheduleProblem.self) { try job(["cron": nil, "every": "60"]) }
        #expect(throws: ScheduleProblem.self) { try job(["catch_up": "once"]) }
        #expect(throws: Never.self) { try job(["cron": nil, "zone": nil, "every": "60"]) }
    }

    @Test(
        "what stands in Redis by another hand is a problem and never a crash",
        arguments: [
            "", "[]", "{}", #"{"name":"a"}"#, #"{"name":"a","task":"t","queue":"q"}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":9223372036854775807}}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":60},"expires":1e300}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":60},"jitter":-5}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":60},"priority":99}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"cron":"* * * * *","zone":"../x"}}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":60},"catch_up":"all","at_most":-1}"#,
            #"{"name":"a","task":"t","queue":"q","schedule":{"every":60},"start":7}"#,
        ]
    )
    func strange(text: String) {
        #expect(throws: ScheduleProblem.self) { try PeriodicJob(Array(text.utf8)) }
    }

    @Test("one of the program carries its arguments, typed, and two of one name are refused")
    func code() throws {
        let job = try PeriodicJob("tidy", TestJob.self, .init(value: "x"), on: .interval(.seconds(5)))
        #expect(job.task == "test.job" && job.queue == "work" && job.keywords == ["value": "x"])
        var jobs = PeriodicJobs()
        try jobs.add(job)
        #expect(throws: ScheduleProblem.self) { try jobs.add(job) }
        let problems = #expect(throws: ScheduleProblems.self) {
            try PeriodicJobs(described: [full, full, ["name": "b", "task": "t", "queue": "q"]], zone: "UTC")
        }
        #expect(problems?.entries.map { "\($0.index) \($0.problem.field)" } == ["1 name", "2 cron"])
    }

    @Test("it happens from its start to its end, and is put off by less than its jitter, always by the same")
    func bounds() throws {
        var job = try PeriodicJob("a", TestJob.self, .init(value: ""), on: .interval(.seconds(10)))
        job.start = WireTime(milliseconds: 5_000)
        job.end = WireTime(milliseconds: 25_000)
        func next(_ time: Int64) -> Int64? { job.next(after: WireTime(milliseconds: time))?.milliseconds }
        #expect([0, 4_999, 5_000, 15_000, 24_999, 25_000].map(next) == [5_000, 5_000, 15_000, 25_000, 25_000, nil])
        job.jitter = .seconds(3)
        let delays = (0..<200).map { job.delay(at: WireTime(milliseconds: $0 * 10_000)) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(3) })
        #expect(Set(delays).count > 150)
        #expect(delays == (0..<200).map { job.delay(at: WireTime(milliseconds: $0 * 10_000)) })
    }
}
