package import CoreMetrics
import Metrics
import NIOConcurrencyHelpers

/// What is counted of plugins, by their names. Each instrument is made once and kept.
package final class PluginMetrics: Sendable {
    private struct Call: Hashable {
        let plugin: PluginName
        let outcome: String
    }

    private struct Instruments {
        var calls: [Call: Counter] = [:]
        var durations: [PluginName: Metrics.Timer] = [:]
        var restarts: [PluginName: Counter] = [:]
    }

    private let factory: any MetricsFactory
    private let instruments = NIOLockedValueBox(Instruments())

    /// - Parameter factory: Where they are kept; by default the process's metrics system.
    package init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// A call has ended.
    func called(_ plugin: PluginName, outcome: String, took duration: Duration) {
        let (counter, timer) = instruments.withLockedValue { instruments in
            let call = Call(plugin: plugin, outcome: outcome)
            let name = [("plugin", plugin.rawValue)]
            let counter =
                instruments.calls[call]
                ?? Counter(label: "plugin_calls_total", dimensions: name + [("outcome", outcome)], factory: factory)
            let timer =
                instruments.durations[plugin]
                ?? Metrics.Timer(label: "plugin_call_seconds", dimensions: name, factory: factory)
            instruments.calls[call] = counter
            instruments.durations[plugin] = timer
            return (counter, timer)
        }
        counter.increment()
        timer.record(duration: duration)
    }

    /// A plugin's process is started again.
    func restarted(_ plugin: PluginName) {
        let counter = instruments.withLockedValue { instruments in
            let counter =
                instruments.restarts[plugin]
                ?? Counter(
                    label: "plugin_restarts_total",
                    dimensions: [("plugin", plugin.rawValue)],
                    factory: factory
                )
            instruments.restarts[plugin] = counter
            return counter
        }
        counter.increment()
    }
}
