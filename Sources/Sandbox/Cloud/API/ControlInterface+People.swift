import Hummingbird
import JSON

/// What people do: messages, clicks, groups.
extension ControlInterface {
    func addMessages(to sandbox: RouterGroup<SandboxContext>) {
        on(sandbox, .post, "messages") { (body, _) throws(ControlError) in
            Self.json(try cloud.say(try Self.utterance(body)))
        }
        on(sandbox, .post, "forwards") { (body, _) throws(ControlError) in
            var utterance = try Self.utterance(body, needsText: false)
            utterance.mentionsBot = false
            return Self.json(try cloud.forward(Self.strings(body["message_ids"]), as: utterance))
        }
        sandbox.get("messages/:id/replies") { _, context in
            let replies = cloud.replies(to: context.parameters.get("id") ?? "").map { reply -> JSONValue in
                [
                    "message_id": .string(reply.messageID), "type": .string(reply.type), "text": .string(reply.text),
                    "card_id": reply.cardID.map(JSONValue.string) ?? .null, "streaming": .bool(reply.isStreaming),
                    "first_change": reply.firstChange.map(JSONValue.integer) ?? .null,
                ]
            }
            return answer(["replies": .array(replies)])
        }
        on(sandbox, .post, "messages/:id/recall") { (body, id) throws(ControlError) in
            ["event_id": .string(try cloud.recallByPerson(id, by: body["user"]?.string))]
        }
        on(sandbox, .post, "messages/:id/edit") { (body, id) throws(ControlError) in
            try cloud.editByPerson(id, text: body["text"]?.string ?? "")
            return [:]
        }
        on(sandbox, .post, "messages/:id/reactions") { (body, id) throws(ControlError) in
            let reaction = try cloud.reactByPerson(
                id,
                emoji: body["emoji"]?.string ?? "",
                by: Self.person(body),
                isAdded: body["added"]?.bool ?? true
            )
            return ["reaction_id": .string(reaction)]
        }
        on(sandbox, .post, "messages/:id/clicks") { (body, id) async throws(ControlError) in
            try await cloud.click(Self.click(body), on: id).json
        }
        on(sandbox, .post, "reads") { (body, _) throws(ControlError) in
            let ids = Self.strings(body["message_ids"])
            return ["event_id": .string(try cloud.read(ids, by: Self.person(body)))]
        }
    }

    func addChats(to sandbox: RouterGroup<SandboxContext>) {
        on(sandbox, .post, "chats") { (body, _) throws(ControlError) in
            let id = try cloud.addGroup(
                named: body["name"]?.string ?? "",
                members: Self.strings(body["members"]),
                apps: body["apps"]?.array?.compactMap(\.string),
                by: Self.person(body)
            )
            return ["chat_id": .string(id)]
        }
        on(sandbox, .patch, "chats/:id") { (body, id) throws(ControlError) in
            try cloud.updateChat(id, body, by: Self.person(body))
            return [:]
        }
        on(sandbox, .delete, "chats/:id") { (body, id) throws(ControlError) in
            try cloud.disband(id, by: Self.person(body))
            return [:]
        }
        on(sandbox, .post, "chats/:id/members") { (body, id) throws(ControlError) in
            try cloud.changeMembers(
                of: id,
                adding: Self.strings(body["add"]),
                removing: Self.strings(body["remove"]),
                by: Self.person(body)
            )
            return [:]
        }
        on(sandbox, .post, "chats/:id/bot") { (body, id) throws(ControlError) in
            guard let isMember = body["member"]?.bool else { throw .invalid("member must be true or false") }
            try cloud.setBot(isMember: isMember, of: id, app: body["app"]?.string, by: Self.person(body))
            return [:]
        }
        on(sandbox, .post, "entries") { (body, _) throws(ControlError) in
            ["chat_id": .string(try cloud.enterPrivateChat(of: Self.person(body), with: body["app"]?.string))]
        }
        on(sandbox, .put, "departments") { (body, _) throws(ControlError) in
            try cloud.place(Self.person(body), in: Self.strings(body["departments"]))
            return [:]
        }
        on(sandbox, .post, "menus") { (body, _) throws(ControlError) in
            let key = body["event_key"]?.string ?? ""
            return ["event_id": .string(try cloud.clickMenu(key, by: Self.person(body), app: body["app"]?.string))]
        }
    }

    private static func person(_ body: JSONValue) -> String { body["user"]?.string ?? FeishuCloud.defaultPerson }

    private static func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    /// What the body says; `.invalid` for a special message without content.
    private static func utterance(_ body: JSONValue, needsText: Bool = true) throws(ControlError) -> Utterance {
        var utterance = Utterance(
            person: person(body),
            text: body["text"]?.string ?? (needsText ? "" : " "),
            group: body["group"]?.string
        )
        utterance.chatID = body["chat_id"]?.string
        utterance.app = body["app"]?.string
        utterance.mentions = strings(body["mentions"])
        utterance.findsMentions = body["at"]?.bool ?? false
        utterance.mentionsBot = body["mention_bot"]?.bool ?? !utterance.findsMentions
        utterance.replyTo = body["reply_to"]?.string
        utterance.inThread = body["in_thread"]?.bool ?? false
        utterance.copies = Int(clamping: body["copies"]?.integer ?? 1)
        if let type = body["message_type"]?.string, type != "text" {
            guard let content = body["content"], content.object != nil else {
                throw .invalid("content must be an object")
            }
            utterance.special = (type, content)
        }
        return utterance
    }

    private static func click(_ body: JSONValue) -> Click {
        var click = Click(person: person(body))
        click.elementID = body["element_id"]?.string
        click.name = body["name"]?.string
        click.label = body["label"]?.string
        click.index = body["index"]?.integer.map { Int(clamping: $0) }
        click.option = body["option"]?.string
        click.options = body["options"]?.array?.compactMap(\.string)
        click.inputValue = body["input_value"]?.string
        click.isChecked = body["checked"]?.bool
        click.formValue = body["form_value"]
        return click
    }

    private static func json(_ spoken: Spoken) -> JSONValue {
        var object: JSONObject = ["message_id": .string(spoken.messageID), "chat_id": .string(spoken.chatID)]
        object["event_id"] = spoken.eventID.map(JSONValue.string)
        return .object(object)
    }
}
