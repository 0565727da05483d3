package import CoreMetrics
import NIOConcurrencyHelpers

/// Keeps the metrics of this process and renders them as Prometheus text (exposition format 0.0.4).
///
/// Making a metric takes a lock and is meant to happen once per series; recording does not touch the registry.
/// Families and series are bounded: series over the bound are gathered in one whose labels all say `other`, families
/// over the bound and names used with two types are counted in `metrics_refused_total` and not shown.
package final class PrometheusRegistry: MetricsFactory {
    /// Upper bounds of the buckets of timers, in seconds.
    package static let secondsBuckets: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
    ]
    /// Upper bounds of the buckets of recorders, such as sizes in bytes or counts.
    package static let valueBuckets: [Double] = [
        1, 2, 4, 8, 16, 32, 64, 128, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304,
    ]

    private struct Family {
        let type: String
        var help: String?
        var series: [String: any MetricCell] = [:]
        /// In the order of their making.
        var order: [String] = []
    }

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var refused = 0
    }

    private let state = NIOLockedValueBox(State())
    private let maximumFamilies: Int
    private let maximumSeries: Int

    /// - Parameters:
    ///   - maximumFamilies: metric names at most.
    ///   - maximumSeries: different label values of one name at most.
    package init(maximumFamilies: Int = 500, maximumSeries: Int = 200) {
        self.maximumFamilies = maximumFamilies
        self.maximumSeries = maximumSeries
    }

    /// Sets the HELP text of the family of this name, as rendered with its suffix, before or after its first series.
    package func describe(_ name: String, as help: String) {
        state.withLockedValue { $0.help[name] = help }
    }

    /// The page for `GET /metrics`: what the process recorded, then the process itself.
    package func render() -> String {
        let (families, help, refused) = state.withLockedValue { ($0.families, $0.help, $0.refused) }
        var page = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            page.appendHeader(name, family.type, help[name] ?? name.replacingUnderscores)
            for labels in family.order {
                family.series[labels]?.render(name: name, labels: labels, to: &page)
            }
        }
        page.appendHeader("metrics_refused_total", "counter", "metrics over the bounds or of two types")
        page.appendSample("metrics_refused_total", "", "\(refused)")
        ProcessMetrics.render(to: &page)
        return page
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell("counter", label, "_total", dimensions) { CounterCell() }
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell("counter", label, "_total", dimensions) { NumberCell() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell("gauge", label, "", dimensions) { NumberCell() }
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return cell("gauge", label, "", dimensions) { NumberCell() } }
        return cell("histogram", label, "", dimensions) { HistogramCell(bounds: Self.valueBuckets) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell("histogram", label, "_seconds", dimensions) { HistogramCell(bounds: Self.secondsBuckets) }
    }

    // A series stays for the life of the process: Prometheus expects counts to go on.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of these labels, made on first use.
    private func cell<Cell: MetricCell>(
        _ type: String,
        _ label: String,
        _ suffix: String,
        _ dimensions: [(String, String)],
        make: () -> Cell
    ) -> Cell {
        let name = MetricName.make(label, suffix: suffix)
        let labels = MetricName.labels(dimensions)
        return state.withLockedValue { state in
            guard state.families[name] != nil || state.families.count < maximumFamilies else {
                state.refused += 1
                return make()
            }
            var family = state.families[name] ?? Family(type: type)
            var key = labels
            if family.series[key] == nil, family.series.count >= maximumSeries {
                key = MetricName.labels(dimensions.map { ($0.0, "other") })
                state.refused += 1
            }
            let existing = family.series[key]
            guard family.type == type, existing == nil || existing is Cell else {
                state.refused += 1
                return make()
            }
            if let existing = existing as? Cell { return existing }
            let made = make()
            family.series[key] = made
            family.order.append(key)
            state.families[name] = family
            return made
        }
    }
}

extension String {
    /// The two lines before the samples of a family.
    mutating func appendHeader(_ name: String, _ type: String, _ help: String) {
        append("# HELP \(name) ")
        for character in help {
            append(character == "\\" ? "\\\\" : character.isNewline ? " " : String(character))
        }
        append("\n# TYPE \(name) \(type)\n")
    }

    fileprivate var replacingUnderscores: String {
        String(map { $0 == "_" ? " " : $0 })
    }
}
