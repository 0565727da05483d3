import ArgumentParser
import JSON
import Platform

/// How long a command waits for workers to find a plugin healthy.
struct PluginPatience: ParsableArguments {
    @Option(help: ArgumentHelp("Seconds to wait until a worker has found it healthy; 0: none.", valueName: "seconds"))
    var wait = 40.0

    func validate() throws {
        guard (0...3_600).contains(wait) else { throw ValidationError("--wait takes 0 to 3600") }
    }

    /// Waits while a plugin starts or is being upgraded.
    ///
    /// - Parameters:
    ///   - plugin: As it was answered after the change.
    ///   - session: Where to look at it again.
    /// - Returns: As it stands then, with what was shown once only.
    /// - Throws: `CommandFailure` where it does not run, or went back.
    func wait(for plugin: JSONValue, _ session: AdminSession) async throws -> JSONValue {
        guard let name = plugin["name"]?.string else { return plugin }
        let wanted = plugin["version"]?.string
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(wait))
        var stands = plugin
        while ["starting", "upgrading"].contains(stands["status"]?.string), clock.now < end {
            try await clock.sleep(for: .milliseconds(300))
            stands = try await session.ask("GET", "plugins", name)
        }
        let problem =
            stands["problem"]?.string ?? (stands["workers"]?.array ?? []).compactMap { $0["detail"]?.string }.first
        if stands["version"]?.string != wanted {
            throw CommandFailure(
                .failed,
                "\(name) went back to \(stands["version"]?.string ?? ""): \(problem ?? "unknown")"
            )
        }
        if stands["status"]?.string == "failing" {
            throw CommandFailure(
                .failed,
                "\(name) is installed and does not run: \(problem ?? "see plugins logs \(name)")"
            )
        }
        if ["starting", "upgrading"].contains(stands["status"]?.string), wait > 0 {
            StandardError.write("no worker has found \(name) healthy yet; plugins show \(name) tells how it stands\n")
        }
        guard case .object(var object) = stands else { return stands }
        object["secret"] = plugin["secret"]
        return .object(object)
    }
}
