import CoreMetrics
import Testing

@testable import Platform

@Suite("Pages of several processes as one")
struct PrometheusPagesTests {
    @Test("samples of one name stand together under one header, told apart by their process")
    func merged() {
        let one = """
            # HELP worker_tasks_total worker tasks total
            # TYPE worker_tasks_total counter
            worker_tasks_total{queue="a b",task="x"} 3
            # HELP process_open_fds open
            # TYPE process_open_fds gauge
            process_open_fds 12

            """
        let two = """
            # HELP worker_tasks_total worker tasks total
            # TYPE worker_tasks_total counter
            worker_tasks_total{queue="a b",task="x"} 4
            # HELP worker_only_here only
            # TYPE worker_only_here gauge
            worker_only_here 1

            """
        let own = """
            # HELP process_open_fds open
            # TYPE process_open_fds gauge
            process_open_fds 9

            """
        let page = PrometheusPages.merged([(nil, own), ("1", one), ("2", two)])
        #expect(
            page == """
                # HELP process_open_fds open
                # TYPE process_open_fds gauge
                process_open_fds 9
                process_open_fds{process="1"} 12
                # HELP worker_tasks_total worker tasks total
                # TYPE worker_tasks_total counter
                worker_tasks_total{process="1",queue="a b",task="x"} 3
                worker_tasks_total{process="2",queue="a b",task="x"} 4
                # HELP worker_only_here only
                # TYPE worker_only_here gauge
                worker_only_here{process="2"} 1

                """
        )
    }

    @Test("a page that the registry wrote is the same alone, and one that is no such page adds nothing")
    func alone() {
        let registry = PrometheusRegistry()
        _ = registry.makeCounter(label: "x_total", dimensions: [("queue", "a{b} c")])
        registry.makeTimer(label: "y_seconds", dimensions: []).recordNanoseconds(1)
        let lines = { (page: String) in page.split(separator: "\n").filter { !$0.hasPrefix("process_") } }
        let page = registry.render()
        #expect(lines(PrometheusPages.merged([(nil, page)])) == lines(page))
        #expect(PrometheusPages.merged([(nil, "<html>"), ("1", "\n\n")]) == "")
    }
}
