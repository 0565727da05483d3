extension Configuration {
    /// A periodic job as it was described. What its texts mean only who makes it happen knows.
    package struct Schedule: Sendable {
        /// Its place in the list, such as `schedules[0]`.
        package let path: String
        /// What was set, by the names of the settings' last parts.
        package let fields: [String: String]
    }
}

extension Configuration.Schedule {
    init(_ settings: SettingsResolver, at path: String) {
        self.path = path
        var fields: [String: String] = [:]
        for setting in Setting.schedules {
            let name = String(setting.key.split(separator: ".").last ?? "")
            fields[name] = settings.values["\(path).\(name)"]?.text
        }
        self.fields = fields
    }
}
