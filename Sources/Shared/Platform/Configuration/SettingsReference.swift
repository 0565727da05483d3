/// Every setting in one page of Markdown, made from the table itself.
package enum SettingsReference {
    /// What `ai-assistant config reference` prints, and what docs/configuration.md holds.
    package static var markdown: String {
        var sections: [(name: String, settings: [Setting])] = []
        for setting in Setting.table {
            let name = String(setting.key.prefix { $0 != "." && $0 != "[" })
            if let place = sections.firstIndex(where: { $0.name == name }) {
                sections[place].settings.append(setting)
            } else {
                sections.append((name, [setting]))
            }
        }
        return head + sections.map { "\n## \($0.name)\n\n" + table($0.settings) }.joined()
    }

    private static let head = """
        # Settings

        Written by `ai-assistant config reference`; `Setting.table` is where they are defined. What is in force, and where it
        comes from: `ai-assistant config show`. What is wrong: `ai-assistant config check`.

        The command line (`--set KEY=VALUE`) goes before the environment, that before the file that `--config` or
        `AI_ASSISTANT_CONFIG` names, that before the default. Settings with `[]` belong to each element of a list; their
        environment variables set the first. A value marked *secret* may come from a file that `NAME_FILE` in the environment,
        or `key_file` in the file, names. [config.example.yaml](../config.example.yaml) shows them all in place.

        """

    private static func table(_ settings: [Setting]) -> String {
        var text = "| setting | environment | default | expected | meaning |\n| --- | --- | --- | --- | --- |\n"
        for setting in settings {
            let cells = [
                "`\(setting.key)`", "`\(setting.environment)`", setting.fallback.map { "`\($0)`" } ?? "none",
                setting.kind.expectation + (setting.mayComeFromFile ? ", *secret*" : ""), setting.help,
            ]
            text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return text
    }
}
