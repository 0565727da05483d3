import HTTP
import JSON

/// Clicks on cards: the callback `card.action.trigger` and what its answer does (interface specification, section 3.4).
extension FeishuCloud {
    /// The errors people see when a callback goes wrong.
    private enum Shown {
        static let noCallback = 200_340
        static let timeout = 200_341
        static let connection = 200_342
        static let resolution = 200_343
        static let status = 200_671
        static let body = 200_672
        static let card = 200_673
        static let name = 200_530
        static let downgrade = 200_830
        static let expired = 200_750
    }

    private static let interactiveAge: Int64 = 14 * 24 * 3600 * 1000

    /// Somebody acts on a component. While the app's server is asked, the card cannot be changed; it has three seconds
    /// and is asked once.
    ///
    /// - Throws: `.notFound` for an unknown message or component.
    package func click(_ click: Click, on messageID: String) async throws(ControlError) -> ClickOutcome {
        let begun = try begin(click, on: messageID)
        switch begun {
        case .shown(let outcome): return outcome
        case .asking(let call):
            let started = time.now()
            let answer = await ask(call)
            let outcome = finish(call, answer)
            withState { $0.meter.count(about: messageID) }
            var timed = outcome
            timed.milliseconds = time.now() - started
            return timed
        }
    }

    /// A callback that is about to be made.
    private struct CallbackCall {
        let message: CloudMessage
        let app: SandboxApp
        let url: String
        let token: String
        let plaintext: [UInt8]
    }

    /// Whether the server is asked, or the person is shown something at once.
    private enum Begun {
        case shown(ClickOutcome)
        case asking(CallbackCall)
    }

    /// Finds the component and locks the card.
    private func begin(_ click: Click, on messageID: String) throws(ControlError) -> Begun {
        let now = time.now()
        let token = Identifier.click()
        let begun = try locked { (state) throws(ControlError) -> Begun in
            guard let person = state.directory.person(named: click.person) else { throw .full("too many people") }
            guard let stored = state.messages[messageID], stored.type == "interactive", !stored.isRecalled,
                case .app(let appID) = stored.sender, let app = state.apps[appID]
            else { throw .notFound("no such card: \(messageID)") }
            let message = state.shown(stored, now: now)
            let card = (try? JSONValue(parsing: message.original)) ?? .null
            guard let (component, form) = click.component(of: card) else {
                throw .notFound("no such component in this card")
            }
            guard now - stored.created < Self.interactiveAge else { return .shown(.init(error: Shown.expired)) }
            if form != nil, component["name"]?.string?.isEmpty != false { return .shown(.init(error: Shown.name)) }
            guard let value = Self.callbackValue(of: component) else {
                let opens = component["behaviors"]?.array?.contains { $0["type"] == "open_url" } ?? false
                let isReset = component["form_action_type"] == "reset"
                // Nothing is called for a link; a button that has nothing to tell is an error.
                return .shown(opens || isReset ? .init() : .init(error: Shown.noCallback))
            }
            guard let url = configuration.callbackURL(of: app), !url.isEmpty else {
                return .shown(.init(error: Shown.noCallback))
            }
            let event = click.event(
                value: value,
                component: component,
                form: form,
                person: person,
                message: stored,
                token: token,
                tenantKey: tenantKey,
                showingUserID: app.scopes.contains(Scopes.userID)
            )
            // The platform counts these in microseconds (interface specification, section 1.4).
            let envelope = EventEnvelope.current(
                id: Identifier.event(),
                type: "card.action.trigger",
                event: event,
                app: app,
                tenantKey: tenantKey,
                now: now * 1000
            )
            state.clicks.issue(token, messageID: messageID, appID: appID, now: now)
            state.lock(stored, by: 1)
            return .asking(
                CallbackCall(message: stored, app: app, url: url, token: token, plaintext: envelope.bytes)
            )
        }
        return begun
    }

    /// What the component tells the server; nil when it tells nothing. A form's submit button must have a value.
    private static func callbackValue(of component: JSONValue) -> JSONValue? {
        let callback = component["behaviors"]?.array?.first { $0["type"] == "callback" }
        if let value = callback?["value"] { return value }
        let value = component["value"]
        if component["tag"] == "button" {
            let isEmpty = value?.object?.isEmpty ?? (value?.string?.isEmpty ?? true)
            return isEmpty ? nil : value
        }
        return value ?? (callback == nil && component["behaviors"] != nil ? nil : [:])
    }

    private func ask(_ call: CallbackCall) async -> Result<CarrierAnswer, CallbackFailure> {
        do {
            let event = try SealedEvent(call.plaintext, key: call.app.encryptKey, now: time.now())
            return .success(try await carrier.carry(event, to: call.url, timeout: configuration.deliveryTimeout))
        } catch {
            return .failure(CallbackFailure(error))
        }
    }

    private func finish(_ call: CallbackCall, _ answer: Result<CarrierAnswer, CallbackFailure>) -> ClickOutcome {
        var outcome = ClickOutcome()
        var card: JSONValue?
        switch answer {
        case .failure(.timedOut): outcome.error = Shown.timeout
        case .failure(.unresolved): outcome.error = Shown.resolution
        case .failure(.unconnected): outcome.error = Shown.connection
        case .success(let answer):
            if answer.status != 200 {
                outcome.error = Shown.status
            } else if let body = try? JSONValue(parsing: answer.body), body.object != nil, Self.isSound(body) {
                outcome.toast = body["toast"]
                card = body["card"]
            } else {
                outcome.error = Shown.body
            }
        }
        let now = time.now()
        let (message, revision) = withState { state -> (CloudMessage?, Int64) in
            state.lock(call.message, by: -1)
            state.clicks[call.token]?.isAnswered = true
            guard let card else { return (nil, 0) }
            do throws(CardRefusal) {
                // A card in streaming mode stays as it is.
                guard try state.show(card, in: call.message.id, now: now) else { return (nil, 0) }
                outcome.changedCard = true
            } catch {
                outcome.error = error == .downgrade ? Shown.downgrade : Shown.card
            }
            return (state.messages[call.message.id], state.nextRevision())
        }
        if let message { publish(message, revision: revision) }
        return outcome
    }

    private static func isSound(_ body: JSONValue) -> Bool {
        if let toast = body["toast"] {
            guard toast.object != nil else { return false }
            let type = toast["type"]?.string ?? "info"
            guard ["info", "success", "error", "warning"].contains(type) else { return false }
        }
        guard let card = body["card"], !card.isNull else { return true }
        return card["type"] == "raw" || card["type"] == "template"
    }

    /// Changes the card of a click afterwards, with the click's credential (interface specification, section 5.7).
    func updateCard(token: String, card: JSONValue, by app: String) throws(APIError) {
        let now = time.now()
        guard card.object != nil else { throw .badCardParameter }
        guard card.bytes.count <= CardRules.sizeLimit else { throw .badRequest(100_000, "The card is too big.") }
        let (message, revision) = try locked { (state) throws(APIError) -> (CloudMessage?, Int64) in
            guard var ticket = state.clicks[token] else { throw .clickTokenInvalid }
            guard ticket.appID == app else { throw .otherAppsCard }
            guard now - ticket.issued < ClickDesk.lifetime else { throw .clickTokenExpired }
            guard ticket.uses < ClickDesk.useLimit else { throw .clickTokenUsedUp }
            guard ticket.isAnswered else { throw .clickNotAnswered }
            guard let message = state.messages[ticket.messageID], !message.isRecalled else { throw .cardRecalled }
            guard message.clicks == 0 else { throw .clickNotAnswered }
            do throws(CardRefusal) {
                _ = try state.show(["type": "raw", "data": card], in: message.id, now: now)
            } catch {
                throw error == .downgrade
                    ? .badRequest(200_830, "A card of schema 2.0 cannot become 1.0.")
                    : .badRequest(11_311, "The card is invalid.")
            }
            ticket.uses += 1
            state.clicks[token] = ticket
            return (state.messages[message.id], state.nextRevision())
        }
        if let message { publish(message, revision: revision) }
    }
}

/// Why there was no answer to a callback.
private enum CallbackFailure: Error {
    case timedOut, unresolved, unconnected

    init(_ error: any Error) {
        let failure = error as? HTTPClientError
        if failure?.code == .timedOut {
            self = .timedOut
        } else {
            self = failure?.detail.lowercased().contains("resolve") == true ? .unresolved : .unconnected
        }
    }
}

/// Why a card of a callback's answer cannot be shown.
private enum CardRefusal: Error { case invalid, downgrade }

extension FeishuCloud.State {
    /// Counts the clicks under way on a message's card.
    fileprivate mutating func lock(_ message: CloudMessage, by change: Int) {
        messages[message.id]?.clicks += change
        if let card = message.cardID { cards[card]?.clicks += change }
    }

    /// Shows the card of an answer (`raw` or `template`) in a message; false where streaming mode forbids it.
    fileprivate mutating func show(
        _ answer: JSONValue,
        in messageID: String,
        now: Int64
    ) throws(CardRefusal) -> Bool {
        guard var message = messages[messageID] else { return false }
        let card: JSONValue = answer["type"] == "template" ? answer : answer["data"] ?? .null
        let shown = shown(message, now: now)
        let old = (try? JSONValue(parsing: shown.original)) ?? .null
        if old["schema"] == "2.0", answer["type"] == "raw", card["schema"] != "2.0" { throw .downgrade }
        do throws(CardFault) { try CardRules.check(card) } catch { throw .invalid }
        guard card.bytes.count <= CardRules.sizeLimit else { throw .invalid }
        if let id = message.cardID {
            guard var entity = cards[id], entity.streaming(now: now) != .on else { return false }
            entity.replace(card, now: now)
            cards[id] = entity
        } else {
            guard !old.isStreaming else { return false }
            message.original = card.text
            message.content = ContentEcho.echo(card, type: "interactive") { _ in "" }.content
        }
        message.updated = now
        messages[messageID] = message
        return true
    }
}
