package import Cryptography
import JSON
import Redis

extension PluginRegistry {
    private static let standingLifetime: Int64 = 3_600_000
    /// After which a worker that says nothing is forgotten, in milliseconds.
    private static let oldestStanding: Int64 = 300_000
    private static let logLifetime: Int64 = 7 * 86_400_000
    private static let mostLines = 500
    private static let mostLineBytes = 1_000

    // MARK: Standings

    /// Notes what a worker says of a plugin; of one that is not installed any more, nothing.
    ///
    /// - Throws: `.unavailable`.
    package func report(_ standing: PluginStanding, of name: PluginName) async throws(PluginRegistryError) {
        var json: JSONObject = [
            "at": .integer(standing.at), "state": .string(standing.state.rawValue),
            "generation": .integer(standing.generation),
        ]
        json["detail"] = standing.detail.map { .string($0) }
        let text = JSONValue.object(json).text
        let oldest = standing.at - Self.oldestStanding
        _ = try await ask { () async throws(RedisError) in
            try await redis.evaluate(
                PluginScripts.report,
                keys: [keys.standing(name), keys.registry],
                arguments: [name.rawValue, standing.worker, text, oldest, Self.standingLifetime]
            )
        }
    }

    /// What workers that are there say of a plugin, by worker.
    ///
    /// - Throws: `.unavailable`.
    package func standings(of name: PluginName) async throws(PluginRegistryError) -> [PluginStanding] {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("HGETALL", keys.standing(name)))
        }
        let fields = reply.array ?? []
        let time = now()
        return stride(from: 0, to: fields.count - 1, by: 2).compactMap { index -> PluginStanding? in
            guard let worker = fields[index].string, let json = try? JSONValue(parsing: fields[index + 1].bytes ?? []),
                let state = json["state"]?.string.flatMap({ PluginStanding.State(rawValue: $0) }),
                let generation = json["generation"]?.integer, let at = json["at"]?.integer
            else { return nil }
            let detail = json["detail"]?.string
            return PluginStanding(worker: worker, state: state, generation: generation, at: at, detail: detail)
        }
        .filter { $0.isFresh(at: time) }
        .sorted { $0.worker < $1.worker }
    }

    /// How a plugin fares now.
    ///
    /// - Throws: `.unavailable`.
    package func phase(of record: PluginRecord) async throws(PluginRegistryError) -> PluginPhase {
        PluginPhase(of: record, standings: try await standings(of: record.name), now: now())
    }

    // MARK: Logs

    /// Adds lines to the log of a plugin, which keeps the last 500, each cut at 1,000 bytes; to that of one that is not
    /// installed any more, nothing.
    ///
    /// - Parameters:
    ///   - lines: As the plugin wrote them.
    ///   - name: The plugin.
    ///   - secrets: Replaced by `***` wherever they stand in a line.
    /// - Throws: `.unavailable`.
    package func append(
        _ lines: [String],
        toLogOf name: PluginName,
        hiding secrets: [Secret] = []
    ) async throws(PluginRegistryError) {
        let lines = lines.suffix(Self.mostLines).map { Self.line($0, hiding: secrets) }
        guard !lines.isEmpty else { return }
        var arguments: RedisArguments = [name.rawValue, Self.mostLines, Self.logLifetime]
        for line in lines { arguments.append(line) }
        let all = arguments
        _ = try await ask { () async throws(RedisError) in
            try await redis.evaluate(
                PluginScripts.log,
                keys: [keys.logs(name), keys.registry],
                arguments: all
            )
        }
    }

    /// The last lines that a plugin wrote, oldest first.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - count: At most so many.
    /// - Returns: The lines.
    /// - Throws: `.unavailable`.
    package func logTail(of name: PluginName, count: Int = 500) async throws(PluginRegistryError) -> [String] {
        guard count > 0 else { return [] }
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("LRANGE", keys.logs(name), "-\(count)", "-1"))
        }
        return (reply.array ?? []).compactMap(\.string)
    }

    private static func line(_ line: String, hiding secrets: [Secret]) -> String {
        var line = line
        for secret in secrets where !secret.isEmpty {
            line = line.replacing(secret.value, with: PluginConfiguration.mask)
        }
        // What would move the cursor of whoever reads it is left out; the rest is cut between characters.
        var plain = String.UnicodeScalarView()
        var bytes = 0
        for scalar in line.unicodeScalars where scalar == "\t" || scalar.properties.generalCategory != .control {
            bytes += UTF8.width(scalar)
            guard bytes <= mostLineBytes else { break }
            plain.append(scalar)
        }
        return String(plain)
    }
}
