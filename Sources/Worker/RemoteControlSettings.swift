import JSON
import JobQueue
import Platform

extension RemoteControlConfiguration {
    /// As configured.
    ///
    /// - Parameters:
    ///   - configuration: The configuration; what of it is secret is masked for who asks for it.
    ///   - process: The number of this process among its supervisor's; nil where it is alone.
    init(_ configuration: Configuration, process: Int?) {
        self.init()
        let settings = configuration.remoteControl
        isEnabled = settings.isEnabled
        sendsTaskEvents = settings.taskEvents
        heartbeat = settings.heartbeat
        nodeName = settings.name.map { NodeName(pattern: $0, process: process) }
        softwareVersion = BuildInfo.version
        self.settings = configuration.effective.filter { $0.value != nil }.map { setting in
            ShownSetting(
                name: setting.path,
                value: .string(setting.shown),
                isDefault: setting.source == .defaultValue
            )
        }
    }
}
