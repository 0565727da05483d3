extension JobContext {
    /// The longest information of a state, in bytes of JSON.
    public static var maximumStateBytes: Int { 64 << 10 }

    /// Tells whoever looks or waits how far the task is, by a state of the job's own: Celery's `update_state`.
    ///
    /// Stored and published as a result is, in one round trip. It stands until the next one or the end of the attempt.
    /// Not for every piece of a stream: a few a second are plenty.
    ///
    /// - Parameters:
    ///   - status: Such as `.progress`: 1 to 64 capital letters, digits and underscores, and none of Celery's own.
    ///   - information: What belongs to it, as JSON. Seen by the task's caller and whoever can read Redis, unless the
    ///     payload coding encrypts: no secrets.
    /// - Returns: Whether it was stored: not where the task stores no results (`ignore_result`), or has a final one.
    /// - Throws: `JobQueueError`: `.leaseLost` where the attempt is over: stop; `.unavailable` where Redis did not
    ///   confirm for a while; `.tooLarge` over ``maximumStateBytes``; `.invalidOptions` for a name that cannot be used;
    ///   `.invalidArguments` for what cannot be encoded.
    @discardableResult
    public func setState(
        _ status: ResultStatus,
        _ information: some Encodable
    ) async throws(JobQueueError) -> Bool {
        let json: [UInt8]
        do {
            json = try CeleryJSON.encode(information)
        } catch {
            throw JobQueueError(.invalidArguments, task: taskName, cause: error)
        }
        return try await setState(status, json: json)
    }

    /// Tells a state without information; see ``setState(_:_:)``.
    ///
    /// - Throws: As ``setState(_:_:)``.
    @discardableResult
    public func setState(_ status: ResultStatus) async throws(JobQueueError) -> Bool {
        try await setState(status, json: Array("null".utf8))
    }

    private func setState(_ status: ResultStatus, json: [UInt8]) async throws(JobQueueError) -> Bool {
        guard status.isCustom else { throw JobQueueError(.invalidOptions, task: taskName, cause: nil) }
        guard json.count <= Self.maximumStateBytes else { throw JobQueueError(.tooLarge, task: taskName, cause: nil) }
        guard let place = resultPlace else { return false }
        let result = scope.producer.payload?.seal(json, .result, of: taskID) ?? json
        return try await scope.store.setState(
            place.text(taskID, status, result),
            life: place.life ?? scope.configuration.resultExpires,
            by: identity,
            patience: nil
        )
    }
}
