import HTTP
import Metrics
import NIOConcurrencyHelpers
import Platform

/// What operators are shown of a supervisor and its processes: readiness and metrics, its own and theirs.
final class SupervisorBoard: Sendable {
    private let reports = NIOLockedValueBox<[SupervisorState.Report]>([])
    private let starts = Counter(label: "worker_process_starts_total")
    private let states: [SupervisorState.Report.State: Gauge]
    private let http: any HTTPTransport
    private let registry: PrometheusRegistry

    /// - Parameters:
    ///   - http: What asks the processes for their metrics.
    ///   - registry: The supervisor's own metrics.
    init(http: any HTTPTransport, registry: PrometheusRegistry) {
        self.http = http
        self.registry = registry
        states = Dictionary(
            uniqueKeysWithValues: SupervisorState.Report.State.allCases.map {
                ($0, Gauge(label: "worker_processes", dimensions: [("state", $0.rawValue)]))
            }
        )
        registry.describe("worker_processes", as: "worker processes by what they do")
        registry.describe("worker_process_starts_total", as: "starts of worker processes")
    }

    func show(_ latest: [SupervisorState.Report]) {
        reports.withLockedValue { $0 = latest }
        for (state, gauge) in states { gauge.record(latest.count { $0.state == state }) }
    }

    func started() { starts.increment() }

    /// Ready as long as any process works: the others' absence costs speed only, and is told by `worker_processes`.
    var readiness: ReadinessCheck {
        ReadinessCheck(name: "processes") { [self] in
            let latest = reports.withLockedValue { $0 }
            guard latest.contains(where: { $0.state == .working }) else { throw NoneWorks(processes: latest.count) }
        }
    }

    /// One page of all. A process that does not answer within a second is left out.
    func metrics() async -> String {
        let ports = reports.withLockedValue { $0 }.compactMap { report in
            report.healthPort.map { (number: report.number, port: $0) }
        }
        let pages = await withTaskGroup(of: (Int, String)?.self) { group in
            for (number, port) in ports { group.addTask { await self.page(at: port).map { (number, $0) } } }
            return await group.reduce(into: [(Int, String)]()) { pages, page in
                if let page { pages.append(page) }
            }
        }
        let theirs = pages.sorted { $0.0 < $1.0 }.map { (process: String?.some("\($0.0)"), text: $0.1) }
        return PrometheusPages.merged([(process: nil, text: registry.render())] + theirs)
    }

    private func page(at port: Int) async -> String? {
        let request = HTTPClientRequest(
            url: "http://127.0.0.1:\(port)/metrics",
            deadlines: HTTPClientDeadlines(connect: .seconds(1), idle: .seconds(1), total: .seconds(1)),
            maximumResponseBytes: 4 << 20
        )
        // Nothing to tell: its process has just ended, or is too busy.
        guard let response = try? await http.execute(request), response.status == 200 else { return nil }
        return String(decoding: response.body, as: UTF8.self)
    }
}

/// Not one process is registered with its queues.
struct NoneWorks: Error, CustomStringConvertible {
    let processes: Int
    var description: String { "none of \(processes) works" }
}
