import ArgumentParser
import Cryptography
import FoundationEssentials
import JSON
import Platform

/// The configuration of a plugin, or changes to it, as a command is given them.
struct ConfigurationChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration, a JSON object; @PATH reads a file. Secrets: --secret.",
            valueName: "json"
        )
    )
    var config: String?
    @Option(
        help: ArgumentHelp(
            "A secret of the configuration: KEY=@PATH from a file, KEY=- from standard input, KEY alone asks.",
            valueName: "key"
        )
    )
    var secret: [String] = []

    func validate() throws {
        for secret in secret where secret.contains("=") {
            let value = secret.drop { $0 != "=" }.dropFirst()
            guard value == "-" || value.hasPrefix("@") else {
                throw ValidationError("--secret takes KEY=@PATH, KEY=- or KEY: a secret is never an argument")
            }
        }
    }

    /// What was given, with its secrets; nil where nothing was.
    ///
    /// - Throws: `CommandFailure` for what is no JSON object, or cannot be read.
    func configuration() throws(CommandFailure) -> JSONObject? {
        guard config != nil || !secret.isEmpty else { return nil }
        var configuration = try Self.object(config ?? "{}")
        for text in secret {
            let key = String(text.prefix { $0 != "=" })
            let place = text.dropFirst(key.count + 1)
            let value =
                place.isEmpty
                ? try SecretFile.ask(key) : try SecretFile.read(place == "-" ? "-" : String(place.dropFirst()))
            configuration[key] = .string(value.value)
        }
        return configuration
    }

    /// What was given.
    ///
    /// - Throws: `CommandFailure`, also where nothing was.
    func required() throws(CommandFailure) -> JSONObject {
        guard let configuration = try configuration() else {
            throw CommandFailure(.usage, "say what changes: --config or --secret")
        }
        return configuration
    }

    private static func object(_ text: String) throws(CommandFailure) -> JSONObject {
        var bytes = Array(text.utf8)
        if text.hasPrefix("@") {
            let path = String(text.dropFirst())
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw CommandFailure(.usage, "--config: \(path) cannot be read")
            }
            bytes = [UInt8](data)
        }
        guard let object = (try? JSONValue(parsing: bytes))?.object else {
            throw CommandFailure(.usage, "--config takes a JSON object, such as {\"app_id\":\"cli_…\"}")
        }
        return object
    }
}
