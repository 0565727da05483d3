import JSON

/// What a bot wants to send.
struct SendRequest {
    /// Where it goes.
    enum Destination {
        case chat(idType: String, id: String)
        case reply(to: String, inThread: Bool)
    }

    let appID: String
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
        "system",
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
            switch try begin(request, value: value, uuid: uuid) {
            case .repeated(let message): return resource(of: message)
            case .proceed(let place):
                do {
                    if let pause { try await time.sleep(pause) }
                } catch {
                    withState { state in
                        if let uuid { state.uuids.abandon(uuid) }
                        if let card = place.cardID { state.cards[card]?.messageID = nil }
                    }
                    throw error
                }
                return commit(request, value: value, uuid: uuid, place: place)
            }
        } catch let error as APIError {
            journal(request, outcome: error == .beingSent ? .inFlight : .refused, code: error.code)
            throw error
        }
    }

    /// Where a message goes.
    fileprivate struct Place {
        let chat: Chat
        var parentID: String?
        var rootID: String?
        var threadID: String?
        /// The card entity that is sent.
        var cardID: String?
    }

    /// Whether a message is to be made, or was made before under the same uuid.
    private enum Begun {
        case proceed(Place)
        case repeated(CloudMessage)
    }

    /// Judges all that can refuse a send, and takes its uuid and card entity.
    private func begin(_ request: SendRequest, value: JSONValue, uuid: String?) throws(APIError) -> Begun {
        let now = time.now()
        return try locked { (state) throws(APIError) -> Begun in
            if let uuid {
                switch state.uuids.begin(uuid, now: now) {
                case .inFlight: throw .beingSent
                case .repeated(let id):
                    guard let message = state.messages[id] else { throw .deleted }
                    state.sends.append(entry(request, at: now, outcome: .repeated, message: message, code: nil))
                    return .repeated(message)
                case .proceed: break
                }
            }
            do throws(APIError) {
                var place = try Self.place(of: request, in: &state)
                try Self.checkResource(of: request, value: value, in: state)
                place.cardID = try Self.entity(of: request, value: value, in: state, now: now)
                let rule = FrequencyLimiter.Rule(count: state.rates.chatPerSecond, milliseconds: 1000)
                guard state.limiter.admit("chat " + place.chat.id, rules: [rule], now: now) == nil else {
                    throw .chatTooOften
                }
                if let card = place.cardID { state.cards[card]?.messageID = "" }
                return .proceed(place)
            } catch {
                if let uuid { state.uuids.abandon(uuid) }
                throw error
            }
        }
    }

    /// Where the message goes; opens a thread if asked for.
    private static func place(of request: SendRequest, in state: inout State) throws(APIError) -> Place {
        switch request.destination {
        case .chat(let idType, let id):
            let chat: Chat?
            switch idType {
            case "chat_id": chat = state.directory.chats[id]
            case "open_id", "union_id", "user_id":
                let person = state.directory.person(id, type: idType)
                chat = person.map { state.directory.privateChat(with: $0, app: request.appID).chat }
            case "email": chat = nil
            default: throw .missingField("receive_id_type")
            }
            guard let chat else { throw .badReceiver }
            try check(chat, for: request.appID)
            return Place(chat: chat, threadID: chat.opensThreads ? Identifier.thread() : nil)
        case .reply(let parent, let inThread):
            guard parent.hasPrefix("om_") else { throw .badRequest(99_992_354, "invalid message id") }
            guard let message = state.messages[parent] else { throw .deleted }
            guard !message.isRecalled else { throw .recalled }
            guard let chat = state.directory.chats[message.chatID] else { throw .badReceiver }
            try check(chat, for: request.appID)
            guard !inThread || chat.allowsThreads else { throw .noThreads }
            return Place(chat: chat, tree: state.openTree(under: message, inThread: inThread))
        }
    }

    /// 232009 for a dissolved group, 230002 for one without the bot.
    private static func check(_ chat: Chat, for app: String) throws(APIError) {
        guard !chat.isDisbanded else { throw .dissolved }
        guard chat.bots.contains(app) else { throw .outsideGroup }
    }

    /// Files and images must be there, the bot's own, and fit the type of message.
    private static func checkResource(of request: SendRequest, value: JSONValue, in state: State) throws(APIError) {
        guard ["image", "file", "audio", "media"].contains(request.type), let name = ContentRules.keys[request.type],
            let key = value[name]?.string
        else { return }
        guard let resource = state.resources[key] else { throw .invalidContent }
        guard resource.appID == request.appID else { throw .notOwner }
        let expected: String
        switch resource.fileType {
        case "": expected = "image"
        case "opus": expected = "audio"
        case "mp4": expected = "media"
        default: expected = "file"
        }
        guard expected == request.type else { throw .wrongFileType }
    }

    /// The entity a message shows: there, the app's own, not expired, and not sent before.
    private static func entity(
        of request: SendRequest,
        value: JSONValue,
        in state: State,
        now: Int64
    ) throws(APIError) -> String? {
        guard request.type == "interactive", value["type"] == "card", let id = value["data"]?["card_id"]?.string
        else { return nil }
        guard let entity = state.cards[id] else {
            throw .card("ErrCode: 200740; ErrMsg: card entity does not exist; ErrorValue: \(id); ")
        }
        guard entity.appID == request.appID else {
            throw .card("ErrCode: 300311; ErrMsg: card entity belongs to another app; ErrorValue: \(id); ")
        }
        guard now - entity.created < CardEntity.lifetime else {
            throw .card("ErrCode: 200750; ErrMsg: card entity has expired; ErrorValue: \(id); ")
        }
        guard entity.messageID == nil else {
            throw .card("ErrCode: 200220; ErrMsg: card entity was sent before; ErrorValue: \(id); ")
        }
        return id
    }

    private func commit(_ request: SendRequest, value: JSONValue, uuid: String?, place: Place) -> JSONValue {
        let now = time.now()
        let (message, revision) = withState { state in
            let (content, mentions) = ContentEcho.echo(value, type: request.type) {
                state.directory.people[$0]?.name ?? botName(ofOpenID: $0) ?? ""
            }
            var message = CloudMessage(
                id: Identifier.message(),
                chatID: place.chat.id,
                rootID: place.rootID,
                parentID: place.parentID,
                threadID: place.threadID,
                sender: .app(request.appID),
                type: request.type,
                original: place.cardID == nil ? request.content : "",
                content: place.cardID == nil ? content : "",
                mentions: mentions,
                created: now,
                updated: now
            )
            message.cardID = place.cardID
            // What is uploaded has its name, which the sender does not repeat.
            if request.type == "file" || request.type == "media", var file = value.object,
                let resource = file["file_key"]?.string.flatMap({ state.resources[$0] })
            {
                file["file_name"] = .string(resource.name)
                message.content = JSONValue.object(file).text
                message.original = message.content
            }
            state.messages.append(message)
            if let card = place.cardID { state.cards[card]?.messageID = message.id }
            if let uuid { state.uuids.finish(uuid, messageID: message.id) }
            state.sends.append(entry(request, at: now, outcome: .sent, message: message, code: nil))
            return (message, state.nextRevision())
        }
        publish(message, revision: revision)
        tellOtherBots(of: message, by: request.appID, in: place.chat)
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

/// Where a reply hangs.
struct Tree {
    let parentID: String
    let rootID: String
    let threadID: String?
}

extension FeishuCloud.Place {
    fileprivate init(chat: Chat, tree: Tree) {
        self.init(chat: chat, parentID: tree.parentID, rootID: tree.rootID, threadID: tree.threadID)
    }
}

extension FeishuCloud.State {
    /// Where a reply to this message hangs; opens a thread if asked for. Inside a thread, parent and root are both the
    /// message the thread hangs on (interface specification, section 3.1).
    mutating func openTree(under message: CloudMessage, inThread: Bool) -> Tree {
        let root = message.rootID ?? message.id
        if let thread = message.threadID { return Tree(parentID: root, rootID: root, threadID: thread) }
        guard inThread else { return Tree(parentID: message.id, rootID: root, threadID: nil) }
        let thread = Identifier.thread()
        messages[message.id]?.threadID = thread
        return Tree(parentID: message.id, rootID: message.id, threadID: thread)
    }
}
