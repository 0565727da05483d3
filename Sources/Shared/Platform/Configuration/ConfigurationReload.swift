/// A configuration file that may change while the program runs.
package struct ConfigurationReload: Sendable {
    private let input: ConfigurationInput
    private let path: String

    /// Nil where the configuration is in no file.
    ///
    /// - Parameters:
    ///   - flags: Those of the command line, as at the start.
    ///   - path: The file of `--config`.
    package init?(flags: [String: String], path: String?) {
        input = ConfigurationInput(flags: flags, path: path)
        guard let path = path ?? input.variable("AI_ASSISTANT_CONFIG") else { return nil }
        self.path = path
    }

    /// What stands in the file now; nil where it cannot be read.
    package var text: String? { input.readFile(path, 1_048_576) }

    /// The configuration as it is now.
    ///
    /// - Throws: All problems there are.
    package func load() throws(ConfigurationProblems) -> Configuration { try Configuration.load(from: input) }
}
