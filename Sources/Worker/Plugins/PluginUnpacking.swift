import Cryptography
import JSON
import Plugins
import Processes

/// Turns what the registry has into what a worker runs.
actor PluginUnpacking {
    private let registry: PluginRegistry
    private let folder: String
    private let lane = BlockingLane(width: 1)
    /// Where packages are that were unpacked by this process, by digest.
    private var places: [String: String] = [:]

    /// - Parameters:
    ///   - registry: Has the packages and opens the secrets.
    ///   - folder: Where packages are unpacked.
    init(registry: PluginRegistry, folder: String) {
        self.registry = registry
        self.folder = folder
    }

    /// A plugin with what its calls carry, and what is to run for it.
    ///
    /// - Parameter record: The plugin.
    /// - Returns: Nothing to run for one that is disabled, or that cannot be run; then it says why.
    /// - Throws: `.unavailable` where Redis did not answer.
    func plugin(
        _ record: PluginRecord
    ) async throws(PluginRegistryError) -> (LocalPlugins.Installed, DesiredPlugin?) {
        func installed(_ releases: [LocalPlugins.Release], _ problem: String? = nil) -> LocalPlugins.Installed {
            LocalPlugins.Installed(record: record, releases: releases, problem: problem)
        }
        do {
            var releases: [LocalPlugins.Release] = []
            for release in [record.release, record.previous].compactMap({ $0 }) {
                releases.append(
                    LocalPlugins.Release(
                        manifest: release.manifest,
                        settings: PluginCall.Settings(
                            open: registry.openConfiguration(of: release),
                            complete: try registry.configuration(of: release)
                        )
                    )
                )
            }
            guard record.isEnabled, let place = try await place(of: record.release) else {
                return (installed(releases), nil)
            }
            var schema: JSONValue?
            if case .package = record.source { schema = record.release.schema }
            let desired = DesiredPlugin(
                manifest: record.manifest,
                place: place,
                revision: record.generation,
                schema: schema
            )
            return (installed(releases), desired)
        } catch let error as PluginRegistryError where error.code == .unavailable {
            throw error
        } catch {
            return (installed([], "\(error)"), nil)
        }
    }

    private func place(of release: PluginRelease) async throws -> DesiredPlugin.Place? {
        switch release.source {
        case .builtIn: return nil
        case .package(let digest, _):
            if let place = places[digest] { return .directory(place) }
            let place = try await unpack(try await registry.package(digest))
            places[digest] = place
            return .directory(place)
        case .service(let url):
            guard let url = ServiceURL(url), let secret = try registry.serviceSecret(of: release) else { return nil }
            return .service(url, secret: secret)
        }
    }

    private func unpack(_ package: PluginPackage) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            lane.perform { [folder] in continuation.resume(with: Result { try package.unpack(into: folder) }) }
        }
    }
}
