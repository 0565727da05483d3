import Foundation
import Platform
import Testing

@Suite("The page of settings")
struct SettingsReferenceTests {
    @Test("is what the table says: print it anew with ai-assistant config reference")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text == SettingsReference.markdown)
    }

    @Test("has a line for each setting, with its variable, default and meaning")
    func lines() throws {
        let lines = SettingsReference.markdown.split(separator: "\n")
        for setting in Setting.table {
            let line = try #require(lines.first { $0.hasPrefix("| `\(setting.key)` |") }, "\(setting.key)")
            #expect(line.contains("| `\(setting.environment)` |"))
            #expect(line.contains(setting.fallback.map { "| `\($0)` |" } ?? "| none |"))
            #expect(line.hasSuffix("| \(setting.help.replacing("|", with: "\\|")) |") && !setting.help.isEmpty)
        }
    }
}
