import JSON

/// What the bot wants to send.
struct SendRequest {
    /// Where it goes.
    enum Destination {
        case chat(idType: String, id: String)
        case reply(to: String, inThread: Bool)
    }

    let destination: Destination
    let type: String
    let content: String
    let uuid: String?
    /// Length of the request's body, which is what the limits are about.
    let bytes: Int
}

extension FeishuCloud {
    private static let types: Set = [
        "text", "post", "image", "file", "audio", "media", "sticker", "interactive", "share_chat", "share_user",
    ]

    /// Sends or replies. `pause` keeps the message "being sent" for that long.
    ///
    /// - Throws: `APIError` for everything the real interface refuses, `CancellationError` during the pause.
    func send(_ request: SendRequest, pause: Duration?) async throws -> JSONValue {
        do {
            guard Self.types.contains(request.type) else { throw APIError.invalidContent }
            guard (request.uuid?.utf8.count ?? 0) <= 50 else { throw APIError.missingField("uuid") }
            let value = try ContentRules.parse(request.content, type: request.type, requestBytes: request.bytes)
            var uuid = request.uuid
            if uuid?.isEmpty == true { uuid = nil }
            switch try begin(request, uuid: uuid) {
            case .repeated(let message): return resource(of: message)
            case .proceed(let place):
                do {
                    if let pause { try await time.sleep(pause) }
                } catch {
                    if let uuid { withState { $0.uuids.abandon(uuid) } }
                    throw error
                }
                return commit(request, value: value, uuid: uuid, place: place)
            }
        } catch let error as APIError {
            journal(request, outcome: error == .beingSent ? .inFlight : .refused, code: error.code)
            throw error
        }
    }

    private struct Place {
        let chat: Chat
        var parentID: String?
        var rootID: String?
        var threadID: String?
    }

    private enum Begun {
        case proceed(Place)
        case repeated(CloudMessage)
    }

    private func begin(_ request: SendRequest, uuid: String?) throws -> Begun {
        let now = time.now()
        return try withState { state throws -> Begun in
            if let uuid {
                switch state.uuids.begin(uuid, now: now) {
                case .inFlight: throw APIError.beingSent
                case .repeated(let id):
                    guard let message = state.messages[id] else { throw APIError.deleted }
                    state.sends.append(entry(request, at: now, outcome: .repeated, message: message, code: nil))
                    return .repeated(message)
                case .proceed: break
                }
            }
            do {
                let place = try Self.place(of: request.destination, in: &state)
                let rule = FrequencyLimiter.Rule(count: configuration.rates.chatPerSecond, milliseconds: 1000)
                guard state.limiter.admit("chat " + place.chat.id, rules: [rule], now: now) == nil else {
                    throw APIError.chatTooOften
                }
                return .proceed(place)
            } catch {
                if let uuid { state.uuids.abandon(uuid) }
                throw error
            }
        }
    }

    private static func place(
        of destination: SendRequest.Destination,
        in state: inout State
    ) throws(APIError) -> Place {
        switch destination {
        case .chat(let idType, let id):
            let chat: Chat?
            switch idType {
            case "chat_id": chat = state.directory.chats[id]
            case "open_id": chat = state.directory.person(openID: id).map { state.directory.privateChat(with: $0) }
            case "union_id", "user_id":
                let person = state.directory.people.values.first { $0.unionID == id || $0.userID == id }
                chat = person.map { state.directory.privateChat(with: $0) }
            default: throw .missingField("receive_id_type")
            }
            guard let chat else { throw .badReceiver }
            guard !chat.botIsOutside else { throw .outsideGroup }
            return Place(chat: chat)
        case .reply(let parent, let inThread):
            guard parent.hasPrefix("om_") else { throw .badRequest(99_992_354, "invalid message id") }
            guard let message = state.messages[parent] else { throw .deleted }
            guard !message.isRecalled else { throw .recalled }
            guard state.directory.chats[message.chatID]?.botIsOutside != true else { throw .outsideGroup }
            var place = Place(chat: message.chat, parentID: parent, rootID: message.rootID ?? parent)
            place.threadID = message.threadID
            if inThread, place.threadID == nil {
                place.threadID = Identifier.thread()
                state.messages[parent]?.threadID = place.threadID
            }
            return place
        }
    }

    private func commit(_ request: SendRequest, value: JSONValue, uuid: String?, place: Place) -> JSONValue {
        let now = time.now()
        let (message, revision) = withState { state in
            let (content, mentions) = ContentEcho.echo(value, type: request.type) {
                state.directory.people[$0]?.name ?? ""
            }
            let message = CloudMessage(
                id: Identifier.message(),
                chat: place.chat,
                rootID: place.rootID,
                parentID: place.parentID,
                threadID: place.threadID,
                sender: .app,
                type: request.type,
                original: request.content,
                content: content,
                mentions: mentions,
                created: now,
                updated: now
            )
            state.messages.append(message)
            if let uuid { state.uuids.finish(uuid, messageID: message.id) }
            state.sends.append(entry(request, at: now, outcome: .sent, message: message, code: nil))
            return (message, state.nextRevision())
        }
        publish("message", view(of: message), revision: revision)
        return resource(of: message)
    }

    private func journal(_ request: SendRequest, outcome: SendJournal.Outcome, code: Int) {
        let entry = entry(request, at: time.now(), outcome: outcome, message: nil, code: code)
        withState { $0.sends.append(entry) }
    }

    private func entry(
        _ request: SendRequest,
        at now: Int64,
        outcome: SendJournal.Outcome,
        message: CloudMessage?,
        code: Int?
    ) -> SendJournal.Entry {
        var chatID = message?.chatID
        var parentID = message?.parentID
        switch request.destination {
        case .chat(_, let id): chatID = chatID ?? id
        case .reply(let parent, _): parentID = parentID ?? parent
        }
        return SendJournal.Entry(
            at: now,
            uuid: request.uuid,
            chatID: chatID,
            parentID: parentID,
            type: request.type,
            outcome: outcome,
            messageID: message?.id,
            code: code
        )
    }
}
