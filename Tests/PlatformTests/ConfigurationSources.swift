@testable import Platform

/// Builds a configuration from texts alone: no environment and no file of the machine gets in.
struct ConfigurationSources {
    var flags: [String: String] = [:]
    var environment: [String: String] = [:]
    var yaml: String?
    var files: [String: String] = [:]
    var isTerminal = false

    func load() throws(ConfigurationProblems) -> Configuration {
        var files = files
        files["config.yaml"] = yaml
        return try Configuration.load(
            from: ConfigurationInput(
                flags: flags,
                environment: environment,
                path: yaml == nil ? nil : "config.yaml",
                isTerminal: isTerminal,
                readFile: { [files] path, limit in files[path].flatMap { $0.utf8.count <= limit ? $0 : nil } }
            )
        )
    }

    /// The lines a program would print.
    func problems() -> [String] {
        do {
            _ = try load()
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
