import Cryptography
import FoundationEssentials
import NIOConcurrencyHelpers
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One start of a plugin's own process: its socket, its secret, its end.
final class PluginProcess: Sendable {
    /// Why it did not start, for whoever runs the system.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where its calls go.
    let endpoint: PluginEndpoint
    /// How it ended, in words.
    let end: Occurrence<String>
    /// Its process and all that it started.
    let child: ChildProcess
    private let scratch: String

    private init(endpoint: PluginEndpoint, end: Occurrence<String>, child: ChildProcess, scratch: String) {
        self.endpoint = endpoint
        self.end = end
        self.child = child
        self.scratch = scratch
    }

    /// Starts it, with a new secret and a folder of its own.
    ///
    /// - Parameters:
    ///   - manifest: What to start.
    ///   - directory: Its unpacked files.
    ///   - surroundings: What all of them get.
    ///   - log: Is given its lines.
    /// - Returns: The process, which may not listen yet.
    /// - Throws: `Failure`.
    static func start(
        _ manifest: PluginManifest,
        in directory: String,
        _ surroundings: PluginSurroundings,
        log: @escaping @Sendable ([String]) -> Void
    ) async throws(Failure) -> PluginProcess {
        let confinement = try PluginConfinement(surroundings, memoryBytes: manifest.memoryBytes)
        let scratch = "\(surroundings.scratch)/\(manifest.name)-\(Hex.encode(RandomBytes.generate(count: 8)))"
        do {
            try FileManager.default.createDirectory(atPath: surroundings.scratch, withIntermediateDirectories: true)
        } catch {
            throw Failure(description: "the folder for what plugins write cannot be made")
        }
        guard mkdir(scratch, 0o700) == 0, confinement.give(scratch) else {
            throw Failure(description: "its own folder cannot be made: \(String(cString: strerror(errno)))")
        }
        do throws(ProcessLaunch.Failure) {
            let listener = try LoopbackListener()
            let secret = Secret(Hex.encode(RandomBytes.generate(count: 32)))
            let environment = environment(manifest, surroundings, secret: secret, scratch: scratch)
            var launch = confinement.launch(
                manifest.command,
                environment: environment,
                folder: directory,
                scratch: scratch
            )
            launch.descriptors = [PluginConfinement.listeningDescriptor: listener.descriptor]
            let end = Occurrence<String>()
            let lines = NIOLockedValueBox(PluginLog(hiding: secret))
            let elapsed = ContinuousClock().stopwatch()
            let child = try await ChildProcess.start(launch) { bytes in
                let lines = lines.withLockedValue { $0.take(bytes, at: elapsed()) }
                if !lines.isEmpty { log(lines) }
            } ended: { ending in
                end.happen("its process ended \(ending)")
            }
            return PluginProcess(
                endpoint: PluginEndpoint(port: listener.port, secret: secret, end: end),
                end: end,
                child: child,
                scratch: scratch
            )
        } catch {
            remove(scratch)
            throw Failure(description: "its process cannot be started: \(error)")
        }
    }

    /// Asks it to end, kills it after a while, and removes its folder. Returns when it is gone, also in a cancelled task.
    ///
    /// - Parameters:
    ///   - clock: What waiting is measured by.
    ///   - patience: How long it has to end by itself.
    func stop(_ clock: any Clock<Duration>, patience: Duration = .seconds(5)) async {
        child.terminate()
        // The cancellation of whoever stops it must not cut this short.
        await Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = await self.end.wait() }
                group.addTask { try? await clock.sleep(for: patience) }
                await group.next()
                group.cancelAll()
            }
            self.child.kill()
            _ = await self.end.wait()
        }.value
        Self.remove(scratch)
    }

    private static func environment(
        _ manifest: PluginManifest,
        _ surroundings: PluginSurroundings,
        secret: Secret,
        scratch: String
    ) -> [String: String] {
        var environment = surroundings.variables
        environment["PATH"] = surroundings.searchPath
        environment["LANG"] = "C.UTF-8"
        environment["HOME"] = scratch
        environment["TMPDIR"] = scratch
        environment["PYTHONPATH"] = surroundings.pythonPath
        environment["LISTEN_FDS"] = "1"
        environment["PLUGIN_LISTEN_FD"] = "\(PluginConfinement.listeningDescriptor)"
        environment["PLUGIN_SECRET"] = secret.value
        environment["PLUGIN_NAME"] = manifest.name.rawValue
        environment["PLUGIN_VERSION"] = manifest.version.description
        return environment
    }

    /// What cannot be removed stays until the worker's folder is emptied: it is nothing that a plugin could reach again.
    private static func remove(_ scratch: String) { try? FileManager.default.removeItem(atPath: scratch) }
}
