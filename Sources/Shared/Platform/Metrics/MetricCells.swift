import CoreMetrics
import NIOConcurrencyHelpers
import Synchronization

/// What all series have in common: they append their samples to a page.
protocol MetricCell: AnyObject, Sendable {
    /// Appends the samples of this series of the family `name`; `labels` come without braces.
    func render(name: String, labels: String, to page: inout String)
}

/// A count that only grows; one atomic addition.
final class CounterCell: MetricCell, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Nothing: a count that falls looks like a restart to Prometheus.
    func reset() {}

    func render(name: String, labels: String, to page: inout String) {
        page.appendSample(name, labels, "\(value.load(ordering: .relaxed))")
    }
}

/// A sum of fractions, kept as the bits of a double.
final class NumberCell: MetricCell, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0.0.bitPattern)

    func increment(by amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func record(_ value: Int64) { set(Double(value)) }

    func record(_ value: Double) { set(value) }

    /// Nothing: see `CounterCell.reset()`.
    func reset() {}

    func render(name: String, labels: String, to page: inout String) {
        page.appendSample(name, labels, PrometheusNumber.text(Double(bitPattern: bits.load(ordering: .relaxed))))
    }
}

/// Observations counted in fixed buckets. One short lock per observation.
final class HistogramCell: MetricCell, TimerHandler, RecorderHandler {
    private struct State {
        /// Not cumulative; one more than there are bounds.
        var counts: [UInt64]
        var sum: Double
    }

    private let bounds: [Double]
    private let state: NIOLockedValueBox<State>

    /// - Parameter bounds: upper bounds of the buckets, rising; one for everything above them is added.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = NIOLockedValueBox(State(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        state.withLockedValue { state in
            state.counts[low] += 1
            state.sum += value
        }
    }

    func render(name: String, labels: String, to page: inout String) {
        let state = state.withLockedValue { $0 }
        let prefix = labels.isEmpty ? "" : "\(labels),"
        var total: UInt64 = 0
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusNumber.text(bounds[index]) : "+Inf"
            page.appendSample("\(name)_bucket", "\(prefix)le=\"\(bound)\"", "\(total)")
        }
        page.appendSample("\(name)_sum", labels, PrometheusNumber.text(state.sum))
        page.appendSample("\(name)_count", labels, "\(total)")
    }
}

extension String {
    /// One line of the exposition format.
    mutating func appendSample(_ name: String, _ labels: String, _ value: String) {
        append(name)
        if !labels.isEmpty {
            append("{")
            append(labels)
            append("}")
        }
        append(" ")
        append(value)
        append("\n")
    }
}

/// Doubles as Prometheus reads them.
enum PrometheusNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return SettingValue.number(value).text
    }
}
