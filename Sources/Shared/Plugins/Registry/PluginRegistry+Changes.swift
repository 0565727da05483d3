import JSON
import Redis

extension PluginRegistry {
    /// What a change does to the numbers of a record.
    enum Generation {
        /// Something else runs now.
        case new
        /// What runs is the same.
        case kept
    }

    /// Adds a record where there is none of its name.
    ///
    /// - Throws: `.exists`, `.tooMany`, `.unavailable`, also where its package is not there.
    func add(_ record: PluginRecord) async throws(PluginRegistryError) -> PluginRecord {
        let numbers = try await change(record.name, from: nil, to: record, generation: .new)
        return record.stored(etag: numbers.etag, generation: numbers.generation)
    }

    /// Puts a record in the place of the one that was read.
    ///
    /// - Throws: `.unknown`, `.conflict`, `.unavailable`.
    func replace(
        _ old: PluginRecord,
        with new: PluginRecord,
        generation: Generation
    ) async throws(PluginRegistryError) -> PluginRecord {
        let numbers = try await change(old.name, from: old, to: new, generation: generation)
        return new.stored(etag: numbers.etag, generation: numbers.generation)
    }

    /// Removes the record that was read, what was said of it and its log, and packages that no other uses.
    ///
    /// - Throws: `.unknown`, `.conflict`, `.unavailable`.
    func remove(_ record: PluginRecord) async throws(PluginRegistryError) {
        _ = try await change(record.name, from: record, to: nil, generation: .new)
    }

    private func change(
        _ name: PluginName,
        from old: PluginRecord?,
        to new: PluginRecord?,
        generation: Generation
    ) async throws(PluginRegistryError) -> (etag: Int64, generation: Int64) {
        let has = new?.digests ?? []
        let had = (old?.digests ?? []).filter { !has.contains($0) }
        var touched: RedisArguments = [keys.registry, keys.revision, keys.standing(name), keys.logs(name)]
        for digest in has + had {
            touched.append(keys.package(digest))
            touched.append(keys.uses(digest))
        }
        var kept = ""
        if case .kept = generation, let old { kept = "\(old.generation)" }
        let record = new.map { JSONValue.object($0.json).text } ?? ""
        let arguments: RedisArguments = [
            name.rawValue, old.map { "\($0.etag)" } ?? "", record, kept, Self.mostPlugins, has.count, had.count,
        ]
        let declared = touched
        let reply = try await ask { () async throws(RedisError) in
            try await redis.evaluate(PluginScripts.change, keys: declared, arguments: arguments)
        }
        switch reply[0]?.string {
        case "OK":
            guard let etag = reply[1]?.integer, let generation = reply[2]?.integer else { break }
            return (etag, generation)
        case "EXISTS": throw PluginRegistryError(.exists, "a plugin \(name) is installed: upgrade or configure it")
        case "UNKNOWN": throw .unknown(name)
        case "CONFLICT":
            throw PluginRegistryError(.conflict, "\(name) was changed by another meanwhile: read it again")
        case "TOO_MANY":
            throw PluginRegistryError(.tooMany, "there are \(Self.mostPlugins) plugins, which is as many as may be")
        case "NO_PACKAGE":
            throw PluginRegistryError(.unavailable, "the files of \(name) are not in Redis any more: send them again")
        default: break
        }
        throw .damaged("the reply to a change of \(name)")
    }

    // MARK: Workers

    /// Confirms an upgrade that a worker has found healthy: there is nothing to go back to any more.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - generation: Of the record that was tried; nothing happens where another runs by now.
    /// - Returns: The confirmed record; nil where nothing was to be done.
    /// - Throws: `.unavailable`, `.damaged`.
    @discardableResult
    package func finishUpgrade(
        _ name: PluginName,
        generation: Int64
    ) async throws(PluginRegistryError) -> PluginRecord? {
        try await settle(name, generation) { record, _ in
            (record.changed(release: record.release, previous: nil, isEnabled: record.isEnabled, at: now()), .kept)
        }
    }

    /// Goes back to what was there before an upgrade that a worker has not found healthy.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - generation: Of the record that was tried; nothing happens where another runs by now.
    ///   - reason: Why, for operators; kept in the record.
    /// - Returns: The record that runs again; nil where nothing was to be done.
    /// - Throws: `.unavailable`, `.damaged`.
    @discardableResult
    package func rollBack(
        _ name: PluginName,
        generation: Int64,
        reason: String
    ) async throws(PluginRegistryError) -> PluginRecord? {
        try await settle(name, generation) { record, previous in
            let problem = "\(record.version) was taken back: \(reason.prefix(500))"
            return (
                record.changed(
                    release: previous,
                    previous: nil,
                    isEnabled: record.isEnabled,
                    at: now(),
                    problem: problem
                ), .new
            )
        }
    }

    /// Ends an upgrade if it is still the one meant; a record that was changed in other ways meanwhile is read again.
    private func settle(
        _ name: PluginName,
        _ generation: Int64,
        _ change: (PluginRecord, PluginRelease) -> (PluginRecord, Generation)
    ) async throws(PluginRegistryError) -> PluginRecord? {
        while let record = try await record(named: name), record.generation == generation,
            let previous = record.previous
        {
            let (new, generation) = change(record, previous)
            do {
                return try await replace(record, with: new, generation: generation)
            } catch  where error.code == .conflict || error.code == .unknown {
                continue
            }
        }
        return nil
    }
}
