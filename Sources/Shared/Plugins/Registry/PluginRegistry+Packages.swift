import Cryptography
import Redis

extension PluginRegistry {
    /// For how long a package is kept that no record uses, in seconds.
    private static let packageLifetime = 3_600
    /// Of reading and writing 8 MiB.
    private static let packageTimeout = Duration.seconds(30)

    /// Stores the files of a package, for an hour unless a record comes to use them.
    ///
    /// - Throws: `.unavailable`.
    func put(_ package: PluginPackage) async throws(PluginRegistryError) {
        _ = try await ask { () async throws(RedisError) in
            try await redis.evaluate(
                PluginScripts.keep,
                keys: [keys.package(package.digest)],
                arguments: [package.packed, Self.packageLifetime],
                timeout: Self.packageTimeout
            )
        }
    }

    /// The package with a digest, read and checked anew: what is in Redis may have been changed there.
    ///
    /// - Parameter digest: SHA-256 in hexadecimal.
    /// - Returns: The package.
    /// - Throws: `.unknown` where it is not there, `.refusedPackage` with `.wrongDigest` where its bytes were changed,
    ///   `.unavailable`.
    package func package(_ digest: String) async throws(PluginRegistryError) -> PluginPackage {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("GET", keys.package(digest)), timeout: Self.packageTimeout)
        }
        guard let bytes = reply.bytes else {
            throw PluginRegistryError(.unknown, "the package sha256:\(digest) is not in Redis")
        }
        do throws(PackageRefusal) {
            return try PluginPackage(packed: bytes, expectedDigest: digest)
        } catch {
            throw .refused(error)
        }
    }
}
