extension RedisClient {
    /// The name in Redis of what a program calls `name`: behind the prefix that all keys and channels of this client
    /// share (``RedisConfiguration/keyPrefix``).
    ///
    /// Every key and channel goes through here, or through what a module derives from the configuration: a key that does
    /// not would be seen by others that share the Redis, and refused by an account that may use the prefix only.
    package func key(_ name: String) -> String { configuration.keyPrefix + name }
}
