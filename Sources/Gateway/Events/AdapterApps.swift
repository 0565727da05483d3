import Feishu
import Logging
import Platform
import Plugins
import ServiceLifecycle

/// Has the app of the plugin `feishu-adapter` join those configured, within a second of each change.
struct AdapterApps: Service, CustomStringConvertible {
    private static let look: Duration = .milliseconds(500)

    let registry: PluginRegistry
    let apps: EventApps
    let clock: any Clock<Duration>
    let logger: Logger

    /// Short: service groups log it.
    var description: String { "apps of feishu-adapter" }

    func run() async {
        await cancelWhenGracefulShutdown { await follow() }
    }

    private func follow() async {
        var known: Int64?
        var isSilent = false
        while !Task.isCancelled {
            do throws(PluginRegistryError) {
                let revision = try await registry.revision()
                if revision != known {
                    apps.join(try await installed())
                    known = revision
                }
                isSilent = false
            } catch {
                // Once for each outage: it is asked twice a second.
                if !isSilent { logger.warning("apps stay as they are", metadata: [LogKey.error: "\(error)"]) }
                isSilent = true
            }
            guard (try? await clock.sleep(for: Self.look)) != nil else { return }
        }
    }

    private func installed() async throws(PluginRegistryError) -> [FeishuApp] {
        guard let name = PluginName(FeishuAdapterPlugin.name), let record = try await registry.record(named: name),
            record.isEnabled, record.source == .builtIn
        else { return [] }
        return [FeishuApp(adapter: try registry.configuration(of: record.release))].compactMap { $0 }
    }
}
