package import JSON

extension FeishuCloud {
    /// Wraps an event into its envelope and sends it on its way to an app (the main one unless named), `copies` times at
    /// once.
    ///
    /// `schema` is `2.0`, or `1.0` for the events that still come in the old envelope; `isEcho` marks what tells of a
    /// bot's own doing, which `stats` does not count among the deliveries. It happens `after` a while, of which the
    /// gateway then hears.
    ///
    /// - Returns: the event's id.
    /// - Throws: `.full` when too much is under way, `.invalid` for an unknown schema or app.
    @discardableResult
    package func deliver(
        _ event: JSONValue,
        ofType type: String,
        schema: String = "2.0",
        to appID: String? = nil,
        message: String? = nil,
        copies: Int = 1,
        isEcho: Bool = false,
        after delay: Duration = .zero
    ) throws(ControlError) -> String {
        guard schema == "2.0" || schema == "1.0" else { throw .invalid("schema must be 2.0 or 1.0") }
        let app = try app(appID)
        let id = Identifier.event()
        let wrap = schema == "2.0" ? EventEnvelope.current : EventEnvelope.old
        let plaintext = wrap(id, type, event, app, tenantKey, time.now() + delay.milliseconds).bytes
        let record = DeliveryRecord(
            eventID: id,
            appID: app.id,
            type: type,
            messageID: message,
            isEcho: isEcho,
            plaintext: plaintext,
            copies: copies
        )
        withState { $0.deliveries.append(record) }
        try dispatch(record, copies: 0..<copies, after: delay)
        return id
    }

    /// The app of this id, or the main one.
    func app(_ id: String?) throws(ControlError) -> SandboxApp {
        let id = id ?? configuration.app.id
        guard let app = withState({ $0.apps[id] }) else { throw .notFound("no such app: \(id)") }
        return app
    }

    /// Sends an event to each app whose bot is in the chat and whose scopes let it know.
    ///
    /// - Returns: the ids of the events.
    @discardableResult
    func notify(
        _ chat: Chat,
        _ type: String,
        isEcho: Bool = false,
        apps: Set<String>? = nil,
        _ event: (_ showsUserID: Bool) -> JSONValue
    ) throws(ControlError) -> [String] {
        let listeners = withState { state in
            (apps ?? chat.bots).sorted().filter { state.grants($0, Scopes.needed(forEvent: type)) }
                .map { ($0, state.grants($0, [Scopes.userID])) }
        }
        var ids: [String] = []
        for (app, showsUserID) in listeners {
            ids.append(try deliver(event(showsUserID), ofType: type, to: app, isEcho: isEcho))
        }
        return ids
    }

    /// Delivers an event again, as the cloud may do even after an acknowledgement.
    package func redeliver(_ eventID: String, copies: Int) throws(ControlError) {
        guard (1...1_000).contains(copies) else { throw .invalid("copies must be 1 to 1000") }
        let record: DeliveryRecord? = withState { state in
            guard var record = state.deliveries[eventID] else { return nil }
            record.copies += copies
            record.state = .sending
            state.deliveries[eventID] = record
            return record
        }
        guard let record else { throw .notFound("no such event: \(eventID)") }
        try dispatch(record, copies: record.copies - copies..<record.copies)
    }

    /// Hands copies to the courier; `.full` when too many are under way.
    private func dispatch(
        _ record: DeliveryRecord,
        copies: Range<Int>,
        after delay: Duration = .zero
    ) throws(ControlError) {
        let app = try app(record.appID)
        guard let url = configuration.eventURL(of: app) else { return }
        let letters = copies.map {
            Letter(eventID: record.eventID, copy: $0, plaintext: record.plaintext, app: app, url: url, delay: delay)
        }
        guard courier.post(letters) else { throw .full("too many events are under way") }
        publish("delivery", revision: withState { $0.nextRevision() }) { record.json }
    }

    /// Writes down what the courier reports and tells the page. Called once, before the courier runs.
    func followDeliveries() {
        courier.tell(
            Courier.Listener(
                attempted: { [weak self] letter, attempt, step in self?.note(attempt, of: letter, step: step) },
                verified: { [weak self] in
                    guard let self, self.courier.isVerified else { return }
                    self.publish("verified", revision: self.withState { $0.nextRevision() }) { [:] }
                }
            )
        )
    }

    private func note(_ attempt: DeliveryRecord.Attempt, of letter: Letter, step: DeliveryStep) {
        let now = time.now()
        let noted: (DeliveryRecord, Int64)? = withState { state in
            guard var record = state.deliveries[letter.eventID] else { return nil }
            record.note(attempt, step: step, now: now)
            state.deliveries[letter.eventID] = record
            return (record, state.nextRevision())
        }
        if let noted { publish("delivery", revision: noted.1) { noted.0.json } }
    }

    /// What became of an event; nil when unknown or forgotten.
    package func delivery(of eventID: String) -> DeliveryRecord? {
        withState { $0.deliveries[eventID] }
    }
}

extension DeliveryRecord {
    private static let attemptLimit = 5_000

    mutating func note(_ attempt: Attempt, step: DeliveryStep, now: Int64) {
        if attempts.count < Self.attemptLimit { attempts.append(attempt) }
        switch step {
        case .acknowledged:
            // One acknowledged copy is enough for the person who wrote.
            state = .acknowledged
            nextAttempt = nil
        case .waiting(let delay) where state != .acknowledged:
            state = .waiting
            nextAttempt = now + delay.milliseconds
        case .givenUp where state != .acknowledged:
            state = .failed
            nextAttempt = nil
        case .waiting, .givenUp:
            break
        }
    }
}
