import ArgumentParser
import Cryptography
import JSON
import Platform

/// Which plugin is to be installed or upgraded to, and how it is configured.
struct PluginChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which version, such as 1.2.0; else the newest, or what the plugin says.",
            valueName: "version"
        )
    )
    var version: String?
    @Option(help: ArgumentHelp("URL of a running service.", valueName: "url"))
    var url: String?
    @Option(
        help: ArgumentHelp(
            "File with what requests to the service are signed with; else one is made.",
            valueName: "path"
        )
    )
    var secretFile: String?
    @Option(help: ArgumentHelp("The digest that the archive must have, as sha256:…", valueName: "digest"))
    var digest: String?
    @OptionGroup var configuring: ConfigurationChoice

    func validate() throws {
        if secretFile != nil, url == nil { throw ValidationError("--secret-file goes with --url") }
    }

    /// The members of a request that say where the plugin is.
    ///
    /// - Parameters:
    ///   - path: A folder, an archive or a Python file; nil where none is named.
    ///   - name: What a Python file's plugin is called.
    /// - Returns: The members.
    /// - Throws: `CommandFailure` where a file is refused.
    func members(path: String?, name: String?) throws -> JSONObject {
        var members = JSONObject()
        if let version { members["version"] = .string(version) }
        if let digest { members["digest"] = .string(digest) }
        if let url {
            members["url"] = .string(url)
            if let secretFile { members["secret"] = .string(try SecretFile.read(secretFile).value) }
        }
        if let path {
            members["package"] = .string(Base64.encode(try PluginFiles.packed(at: path, name: name, version: version)))
        }
        if let configuration = try configuring.configuration() { members["configuration"] = .object(configuration) }
        return members
    }
}
