import JSON
import Redis

/// Delivers one entry of an outbox: does what its plan says, step by step, each at its own hash slot.
///
/// An entry stands until all is done, and each step changes nothing where it is done again: messages are published
/// under a key that their queue remembers, chords know who set them up and who calls their body, results say the
/// same. So it does not matter who delivers, how often, or where the one before was killed.
struct OutboxDelivery: Sendable {
    let producer: JobProducer
    let queue: QueueKeys
    let id: String
    /// Nothing is done after this: an entry that was read long ago may have been delivered by another since.
    private let deadline = ContinuousClock.now + .seconds(30)

    init(of id: String, in queue: QueueKeys, with producer: JobProducer) {
        self.id = id
        self.queue = queue
        self.producer = producer
    }

    /// How long what was done is remembered once the entry is gone, for who read it before that. Longer than
    /// `deadline`, with a command that is on its way by then.
    private static let lateness = Duration.seconds(120)

    /// Delivers it, if it is there.
    ///
    /// - Throws: `RedisError` where not all is known to be done; `.unexpectedReply` for an entry that this version cannot
    ///   read. To be repeated, by whomever.
    func deliver() async throws(RedisError) {
        let (outbox, entry) = (queue.outbox, queue.outbox(id))
        let values = try await run(QueueScripts.takeEntry, keys: [outbox, entry], [id]).array ?? []
        guard !values.isEmpty else { return }
        guard let stored = StoredPlan(values.compactMap(\.bytes)) else {
            throw RedisError(.unexpectedReply, command: "EVALSHA(takeentry)")
        }
        var notes: [String] = []
        try await carryOut(stored.plan, stored.life, path: "", &notes)
        // In this order: an entry without its place in the outbox would stay for ever.
        for reply in try await redis.send(pipeline: [
            RedisCommand("UNLINK", entry), RedisCommand("ZREM", outbox, id),
        ]) { _ = try reply.get() }
        guard !notes.isEmpty else { return }
        // Costs memory where it fails, until they end by themselves.
        _ = try? await redis.send(
            pipeline: notes.map { RedisCommand("PEXPIRE", $0, Self.lateness.milliseconds) }
        )
    }

    private var redis: RedisClient { producer.redis }
    /// What queues and chords remember the entry by: an id is one only within its outbox, as tags are within a queue.
    private var name: String { "\(queue.queue)/\(id)" }

    // MARK: The plan

    /// Does what a plan says.
    ///
    /// - Parameters:
    ///   - plan: What is to be done, without gaps.
    ///   - life: How long results and the keys of chords are kept.
    ///   - path: Where in the entry's plan it stands: the same each time.
    ///   - notes: Keys that remember what was done.
    /// - Throws: `RedisError` at the first step that is not known to be done.
    private func carryOut(
        _ plan: CanvasPlan,
        _ life: Duration,
        path: String,
        _ notes: inout [String]
    ) async throws(RedisError) {
        for (index, setup) in plan.setups.enumerated() {
            let keys = ChordKeys(setup.groupID, in: queue.names)
            notes.append(keys.origin)
            _ = try await run(
                QueueScripts.setUpChord,
                keys: [keys.base, keys.size, keys.caller, keys.origin],
                [
                    "\(name)\(path).s\(index)", producer.memory.milliseconds, setup.size, max(0, life.milliseconds),
                    setup.structure ?? [],
                ]
            )
        }
        for result in plan.results {
            _ = try await run(
                QueueScripts.storeResult,
                keys: [queue.names.result(of: result.id)],
                [max(0, (result.life ?? life).milliseconds), result.text.before]
            )
        }
        for (index, messages) in plan.batches.enumerated() {
            let note = QueueKeys(messages[0].queue, in: queue.names).seen("outbox:\(name)\(path).m\(index)")
            notes.append(note)
            let (json, bodies) = CanvasPlan(messages: messages).encoded(in: queue.names, life: life, at: .now)
            var arguments: RedisArguments = [producer.memory.milliseconds, json]
            for body in bodies { arguments.append(body) }
            _ = try await run(QueueScripts.canvas, keys: [note], arguments)
        }
        for (index, part) in plan.parts.enumerated() {
            try await finish(part, life, path: "\(path).p\(index)", &notes)
        }
    }

    /// Counts a part, and where it is the last one does what follows.
    private func finish(
        _ part: CanvasPlan.Part,
        _ life: Duration,
        path: String,
        _ notes: inout [String]
    ) async throws(RedisError) {
        let (chord, token) = (ChordKeys(part.groupID, in: queue.names), name + path)
        let keys: RedisArguments = [chord.base, chord.size, chord.added, chord.parts, chord.ended, chord.caller]
        let verdict = try await run(
            QueueScripts.countPart,
            keys: keys,
            [
                token, max(0, life.milliseconds), part.id, part.index.map { "\($0)" } ?? "+inf", part.state.rawValue,
                part.value ?? Array("null".utf8),
            ]
        )
        guard let isSuccess = verdict[0]?.integer.map({ $0 == 1 }) else { return }
        let plan: CanvasPlan
        if isSuccess {
            let results = verdict[1]?.bytes ?? []
            var escaped: [UInt8] = []
            JSONText.appendEscaped(results, to: &escaped)
            plan = part.success.filled(with: [.list: results, .results: escaped])
        } else {
            plan = part.failure.filled(with: [
                .cause: verdict[1]?.bytes ?? [], .error: verdict[2]?.bytes ?? [],
                .tracedCause: verdict[3]?.bytes ?? [], .tracedError: verdict[4]?.bytes ?? [],
            ])
        }
        try await carryOut(plan, life, path: path, &notes)
        _ = try await run(QueueScripts.endChord, keys: keys, [token, isSuccess ? 1 : 0])
    }

    /// Runs a step, until it is as safe as tasks of this producer are.
    private func run(
        _ script: RedisScript,
        keys: RedisArguments,
        _ arguments: RedisArguments
    ) async throws(RedisError) -> RedisReply {
        guard ContinuousClock.now < deadline else { throw RedisError(.timedOut, command: "EVALSHA(\(script.name))") }
        return try await producer.run(script, keys: keys, arguments: arguments)
    }
}

/// The keys of one chord.
private struct ChordKeys {
    let base: String

    init(_ groupID: String, in names: BrokerNames) { base = names.group(groupID) }

    var size: String { base + ".s" }
    var added: String { base + ".t" }
    var parts: String { base + ".j" }
    var ended: String { base + ".d" }
    var caller: String { base + ".c" }
    /// String with a TTL: who set the chord up. On a Cluster only.
    var origin: String { base + ".o" }
}
