import CoreMetrics
import Testing

@testable import Platform

@Suite("Prometheus registry")
struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func lines(_ prefix: String) -> [String] {
        registry.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test("renders a counter with HELP, TYPE, _total and escaped labels")
    func counter() {
        registry.describe("gateway_events_total", as: "events\nreceived")
        let labels = [("outcome", "a\"b\\c\nd"), ("app-id", "x")]
        Counter(label: "gateway_events", dimensions: labels, factory: registry).increment(by: 2)
        Counter(label: "gateway_events", dimensions: labels.reversed(), factory: registry).increment()
        #expect(lines("gateway_events") == [#"gateway_events_total{app_id="x",outcome="a\"b\\c\nd"} 3"#])
        #expect(lines("# HELP gateway_events") == ["# HELP gateway_events_total events received"])
        #expect(lines("# TYPE gateway_events") == ["# TYPE gateway_events_total counter"])
    }

    @Test("renders a timer as a histogram in seconds whose buckets add up")
    func timer() {
        let timer = Timer(label: "job_run", dimensions: [("queue", "q")], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(40)
        timer.recordSeconds(1_000)
        let lines = lines("job_run_seconds")
        #expect(lines.contains(#"job_run_seconds_bucket{queue="q",le="0.0005"} 0"#))
        #expect(lines.contains(#"job_run_seconds_bucket{queue="q",le="0.001"} 1"#))
        #expect(lines.contains(#"job_run_seconds_bucket{queue="q",le="0.05"} 2"#))
        #expect(lines.contains(#"job_run_seconds_bucket{queue="q",le="300"} 2"#))
        #expect(lines.contains(#"job_run_seconds_bucket{queue="q",le="+Inf"} 3"#))
        #expect(lines.contains(#"job_run_seconds_sum{queue="q"} 1000.041"#))
        #expect(lines.contains(#"job_run_seconds_count{queue="q"} 3"#))
        #expect(lines.count == PrometheusRegistry.secondsBuckets.count + 3)
    }

    @Test("renders gauges, meters, recorders and sums of fractions")
    func others() {
        Gauge(label: "depth", factory: registry).record(7)
        let meter = Meter(label: "in_flight", factory: registry)
        meter.increment(by: 3)
        meter.decrement(by: 1)
        FloatingPointCounter(label: "cost", factory: registry).increment(by: 0.5)
        Recorder(label: "body_bytes", factory: registry).record(3_000)
        #expect(lines("depth") == ["depth 7"])
        #expect(lines("in_flight") == ["in_flight 2"])
        #expect(lines("cost").count == 1)
        #expect(lines("body_bytes_bucket{le=\"1024\"}") == ["body_bytes_bucket{le=\"1024\"} 0"])
        #expect(lines("body_bytes_bucket{le=\"4096\"}") == ["body_bytes_bucket{le=\"4096\"} 1"])
        #expect(lines("body_bytes_count") == ["body_bytes_count 1"])
    }

    @Test("gathers label values over the bound in one series and counts what it refused")
    func cardinality() {
        let registry = PrometheusRegistry(maximumFamilies: 2, maximumSeries: 3)
        for user in 0..<100 {
            Counter(label: "hits", dimensions: [("user", "\(user)")], factory: registry).increment()
        }
        Counter(label: "second", factory: registry).increment()
        Counter(label: "third", factory: registry).increment()
        Timer(label: "hits_total", factory: registry).recordSeconds(1)
        let page = registry.render()
        #expect(page.contains("hits_total{user=\"other\"} 97\n"))
        #expect(!page.contains("user=\"3\""))
        #expect(page.contains("second_total 1\n"))
        #expect(!page.contains("third_total"))
        #expect(page.contains("metrics_refused_total 99\n"))
    }

    @Test("counts exactly under many writers")
    func concurrency() async {
        let counter = Counter(label: "c", factory: registry)
        let sum = FloatingPointCounter(label: "s", factory: registry)
        let timer = Timer(label: "t", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        sum.increment(by: 0.5)
                        timer.recordSeconds(1)
                    }
                }
            }
        }
        #expect(lines("c_total") == ["c_total 8000"])
        #expect(lines("s_total") == ["s_total 4000"])
        #expect(lines("t_seconds_count") == ["t_seconds_count 8000"])
    }

    @Test("tells about the process itself")
    func process() throws {
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
            "process_start_time_seconds", "process_open_fds", "process_max_fds",
        ] {
            let value = try #require(lines("\(name) ").first?.split(separator: " ").last.flatMap { Double($0) })
            #expect(value > 0, "\(name)")
        }
        #expect(lines("ai_assistant_build_info").first?.hasSuffix("} 1") == true)
    }

    @Test("understands a process whose name looks like fields")
    func stat() throws {
        let fields = (3...30).map { $0 == 3 ? "S" : "\($0)" }.joined(separator: " ")
        let stat = try #require(ProcessMetrics.Stat("42 (a) b (c) \(fields)"))
        #expect(stat.cpuTicks == 29)
        #expect(stat.startTicks == 22)
        #expect(stat.residentPages == 24)
        #expect(ProcessMetrics.Stat("garbage") == nil)
    }
}
