package import CoreMetrics
import Metrics
import NIOConcurrencyHelpers

/// What is counted of the calls of Feishu's API. Each instrument is made once and kept; all clients of a process share
/// one of these.
///
/// An API is named as the governor names it, without ids (`POST im/v1/messages/:id/reply`): there are as many as this
/// code calls.
package final class FeishuMetrics: Sendable {
    /// How a call ended.
    enum Ending: Hashable, Sendable {
        case succeeded
        /// It was made, and failed.
        case failed(FeishuError.Kind)
        /// It was not made: its turn would have come too late.
        case late
        /// It was not made: the month's calls are used up.
        case monthEnded

        /// The value of the label `outcome`; a kind in the case of labels.
        var label: String {
            switch self {
            case .succeeded: "succeeded"
            case .failed(let kind):
                kind.rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
            case .late: "not_made"
            case .monthEnded: "month_ended"
            }
        }
    }

    private struct CounterKey: Hashable {
        let api: String
        let ending: Ending
    }

    private struct TimerKey: Hashable {
        let label: String
        let api: String
    }

    /// What is known of one app's month.
    private struct Month {
        let calls: Gauge
        let quota: Gauge
    }

    private struct Instruments {
        var calls: [CounterKey: Counter] = [:]
        var timers: [TimerKey: Metrics.Timer] = [:]
        var months: [String: Month] = [:]
    }

    private let factory: any MetricsFactory
    private let instruments = NIOLockedValueBox(Instruments())

    /// - Parameter factory: Where they are kept; by default the process's metrics system.
    package init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Counts the end of a call of `api`.
    func ended(_ api: String, _ ending: Ending) {
        let counter = instruments.withLockedValue { instruments in
            instruments.calls.value(for: CounterKey(api: api, ending: ending)) {
                Counter(
                    label: "feishu_calls_total",
                    dimensions: [("api", api), ("outcome", ending.label)],
                    factory: factory
                )
            }
        }
        counter.increment()
    }

    /// Notes how long Feishu took for a call.
    func took(_ duration: Duration, for api: String) {
        timer("feishu_call_seconds", of: api).record(duration: duration)
    }

    /// Notes how long a call waited for its turn.
    func waited(_ duration: Duration, for api: String) {
        timer("feishu_wait_seconds", of: api).record(duration: duration)
    }

    /// Notes the calls of the month of an app.
    func note(_ usage: MonthlyUsage, ofApp appID: String) {
        let month = instruments.withLockedValue { instruments in
            instruments.months.value(for: appID) {
                Month(
                    calls: Gauge(label: "feishu_month_calls", dimensions: [("app", appID)], factory: factory),
                    quota: Gauge(label: "feishu_month_quota", dimensions: [("app", appID)], factory: factory)
                )
            }
        }
        month.calls.record(usage.calls)
        if let quota = usage.quota { month.quota.record(quota) }
    }

    private func timer(_ label: String, of api: String) -> Metrics.Timer {
        instruments.withLockedValue { instruments in
            instruments.timers.value(for: TimerKey(label: label, api: api)) {
                Metrics.Timer(label: label, dimensions: [("api", api)], factory: factory)
            }
        }
    }
}

extension Dictionary {
    /// The value of a key, made where there is none.
    fileprivate mutating func value(for key: Key, make: () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = make()
        self[key] = value
        return value
    }
}
