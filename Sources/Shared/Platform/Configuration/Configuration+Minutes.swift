extension Configuration {
    /// How minutes of meetings are made.
    package struct Minutes: Sendable {
        /// The name of the template for which nobody names one.
        package let template: String
        package let templates: [MinutesTemplate]
        /// Whether minutes get a document of Feishu's, too.
        package let documents: Bool
    }

    /// A template as it was described. What its texts mean only who makes minutes by it knows.
    package struct MinutesTemplate: Sendable {
        /// What was set, by the names of the settings' last parts; of one value, a list of it.
        package let fields: [String: [String]]
    }
}

extension Configuration {
    /// The settings that name a template, each with the name.
    package var namedTemplates: [(key: String, name: String)] {
        [(key: "minutes.template", name: minutes.template)]
            + assistant.profiles.enumerated().compactMap { index, profile in
                profile.minutesTemplate.map { (key: "assistant.profiles[\(index)].minutes_template", name: $0) }
            }
    }
}

extension Configuration.Minutes {
    init(_ settings: SettingsResolver) {
        template = settings.text("minutes.template")
        documents = settings.text("minutes.documents") == "true"
        templates = settings.elements(of: "minutes.templates").map { Configuration.MinutesTemplate(settings, at: $0) }
    }
}

extension Configuration.MinutesTemplate {
    fileprivate init(_ settings: SettingsResolver, at path: String) {
        var fields: [String: [String]] = [:]
        for setting in Setting.templates {
            let name = String(setting.key.split(separator: ".").last ?? "")
            guard let value = settings.values["\(path).\(name)"] else { continue }
            if case .names(let names) = value { fields[name] = names } else { fields[name] = [value.text] }
        }
        self.fields = fields
    }
}
