/// A Lua script that is run by its digest and loaded where the server does not know it yet.
package struct RedisScript: Sendable {
    /// What errors and logs call the script.
    package let name: String
    package let source: String
    /// The digest in hexadecimal, as `EVALSHA` takes it.
    package let sha1: String
    /// What errors call a run of this script, such as `EVALSHA(cycle)`.
    let label: String

    package init(name: String, source: String) {
        self.name = name
        self.source = source
        self.sha1 = ScriptDigest.hexadecimal(of: source)
        self.label = "EVALSHA(\(name))"
    }

    /// The command that runs the script by its digest; refused with `NOSCRIPT` where the server does not know it.
    package func command(keys: RedisArguments, arguments: RedisArguments) -> RedisCommand {
        RedisCommand(label: label, head: ["EVALSHA", sha1, String(keys.count)], arguments: [keys, arguments])
    }

    /// The command that makes the script known to the server, for as long as it runs.
    var loading: RedisCommand { RedisCommand("SCRIPT", "LOAD", source) }
}
