import ArgumentParser
import JSON
import Platform

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Tells which build this is.")

    @OptionGroup var options: OutputOptions

    func run() {
        switch options.output {
        case .table: StandardOutput.write("ai-assistant \(BuildInfo.version) (Swift \(BuildInfo.swiftVersion))\n")
        case .json:
            let value: JSONValue = ["version": .string(BuildInfo.version), "swift": .string(BuildInfo.swiftVersion)]
            StandardOutput.write(value.text + "\n")
        }
    }
}
