import Redis

/// The keys of the registry, all in one hash slot. Nothing of another system reads them.
struct PluginKeys {
    let redis: RedisClient

    /// Hash: name to record (JSON, secrets sealed).
    var registry: String { redis.key("{plugins}:registry") }
    /// String: a counter that every change raises; workers look at it.
    var revision: String { redis.key("{plugins}:revision") }
    /// Hash: worker to what it says of the plugin (JSON).
    func standing(_ name: PluginName) -> String { redis.key("{plugins}:standing:\(name)") }
    /// List: the last lines that its process wrote, oldest first.
    func logs(_ name: PluginName) -> String { redis.key("{plugins}:logs:\(name)") }
    /// String: the tar.gz with this digest. It has a lifetime only while no record uses it.
    func package(_ digest: String) -> String { redis.key("{plugins}:package:\(digest)") }
    /// Set: the names of the records that use the package.
    func uses(_ digest: String) -> String { redis.key("{plugins}:uses:\(digest)") }
}
