import JSON

extension CloudMessage {
    /// The message as the chat page shows it; `nameOf` names a bot by its app's id.
    func view(nameOf: (String) -> String) -> JSONValue {
        var object: JSONObject = [
            "message_id": .string(id),
            "chat_id": .string(chatID),
            "from_bot": .bool(sender.isApp),
            "name": .string(Self.name(of: sender, nameOf: nameOf)),
            "type": .string(type),
            "content": .string(isRecalled ? "" : type == "text" ? content : original),
            "created": .integer(created),
            "updated": .integer(updated),
            "edited": .bool(edits > 0),
            "recalled": .bool(isRecalled),
            "reactions": .array(
                reactions.map { reaction in
                    [
                        "id": .string(reaction.id), "emoji": .string(reaction.emoji),
                        "by": .string(Self.name(of: reaction.by, nameOf: nameOf)),
                        "from_bot": .bool(reaction.by.isApp),
                    ]
                }
            ),
        ]
        switch sender {
        case .app(let id): object["sender"] = .string(id)
        case .person(let person): object["sender"] = .string(person.openID)
        }
        object["root_id"] = rootID.map(JSONValue.string)
        object["parent_id"] = parentID.map(JSONValue.string)
        object["thread_id"] = threadID.map(JSONValue.string)
        object["card_id"] = cardID.map(JSONValue.string)
        if !mentions.isEmpty {
            object["mentions"] = .array(
                mentions.map { ["key": .string($0.key), "name": .string($0.name), "id": .string($0.id)] }
            )
        }
        if !children.isEmpty, !isRecalled {
            object["children"] = .array(children.map { $0.view(nameOf: nameOf) })
        }
        return .object(object)
    }

    private static func name(of actor: Actor, nameOf: (String) -> String) -> String {
        switch actor {
        case .app(let id): nameOf(id)
        case .person(let person): person.name
        }
    }
}
