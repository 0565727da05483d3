import ArgumentParser
import JSON
import Platform

extension PluginsCommand {
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Installs a plugin: of the catalogue, a folder, an archive, a Python file, or a service at a URL.",
            discussion: """
                ai-assistant plugins install --name feishu-adapter --version 1.2.0 --config '{"app_id":"cli_…"}' --secret app_secret
                ai-assistant plugins install ./weather --config '{"endpoint":"https://api.example.com"}' --secret api_key=@key.txt
                ai-assistant plugins install --url https://plugins.example.com/weather --secret-file signing.txt

                The manifest, the files and the configuration are checked first, and every problem is told. A plugin \
                of files runs once a worker has found it healthy; --wait says how long to wait for that.
                """
        )

        @OptionGroup var admin: PluginAdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(
            help: "A folder with manifest.json, a tar.gz of one, or a Python file; none: the catalogue, or --url."
        )
        var path: String?
        @Option(help: ArgumentHelp("The plugin's name; of the catalogue it says which.", valueName: "name"))
        var name: String?
        @OptionGroup var choice: PluginChoice
        @Flag(help: "Install it without having it called.")
        var disabled = false
        @OptionGroup var patience: PluginPatience

        func validate() throws {
            if path == nil, choice.url == nil, name == nil {
                throw ValidationError("say which plugin: --name of the catalogue, a path, or --url")
            }
            if path != nil, choice.url != nil { throw ValidationError("either a path or --url, not both") }
        }

        func run() async throws {
            var body = try choice.members(path: path, name: name)
            if let name { body["name"] = .string(name) }
            if disabled { body["enabled"] = false }
            let request = body
            let plugin = try await AdminSession.with(admin, .all) { session in
                let plugin = try await session.ask("POST", "plugins", body: .object(request))
                return try await patience.wait(for: plugin, session)
            }
            StandardOutput.write(PluginDetails.lines(of: [plugin]).text(as: options.output))
            if let secret = plugin["secret"]?.string {
                StandardError.write("the service's signing secret, shown this once: \(secret)\n")
            }
        }
    }

    struct Upgrade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts another version in the place of one, and goes back where that is not healthy.",
            discussion: """
                The configuration is taken over by the migrations of the new version's manifest; --config changes members \
                of it. The old version answers until a worker has found the new one healthy.
                """
        )

        @OptionGroup var admin: PluginAdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The plugin.")
        var name: String
        @Argument(help: "A folder, archive or Python file; none: the catalogue, or --url.")
        var path: String?
        @OptionGroup var choice: PluginChoice
        @Flag(help: "Also where the new version is an older one.")
        var allowDowngrade = false
        @OptionGroup var patience: PluginPatience

        func run() async throws {
            var body = try choice.members(path: path, name: name)
            if allowDowngrade { body["allow_downgrade"] = true }
            let request = body
            let plugin = try await AdminSession.with(admin, .all) { session in
                let plugin = try await session.ask("POST", "plugins", name, "upgrade", body: .object(request))
                return try await patience.wait(for: plugin, session)
            }
            StandardOutput.write(PluginDetails.lines(of: [plugin]).text(as: options.output))
        }
    }

    struct Configure: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes the members of a plugin's configuration that are named; null removes one.",
            discussion: """
                ai-assistant plugins configure weather --config '{"units":"metric"}' --secret api_key=@key.txt
                What is not named stays, secrets too.
                """
        )

        @OptionGroup var admin: PluginAdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The plugin.")
        var name: String
        @OptionGroup var choice: ConfigurationChoice
        @Option(help: ArgumentHelp("Only where its version is this one still, as `show` tells.", valueName: "etag"))
        var ifMatch: String?

        func run() async throws {
            let patch = try choice.required()
            let plugin = try await AdminSession.with(admin, .all) { session in
                try await session.ask(
                    "PATCH",
                    "plugins",
                    name,
                    "configuration",
                    body: .object(patch),
                    headers: ifMatch.map { ["if-match": "\"\($0)\""] } ?? [:]
                )
            }
            StandardOutput.write(PluginDetails(plugin).text(as: options.output))
        }
    }
}
