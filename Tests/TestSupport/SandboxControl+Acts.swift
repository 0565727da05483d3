import HTTP
package import JSON

/// What people do besides talking: files, clicks, reactions, edits, groups.
extension SandboxControl {
    /// What somebody sees of a click on a card.
    package struct ClickOutcome: Sendable, Equatable {
        /// The code of the error shown, such as 200341; nil when all went well.
        package let error: Int?
        package let toast: String?
        package let changedCard: Bool

        package init(error: Int?, toast: String?, changedCard: Bool) {
            self.error = error
            self.toast = toast
            self.changedCard = changedCard
        }
    }

    /// Somebody acts on a card's component, found by its `element_id`, name or label. `values` go along: `form_value`,
    /// `option`, `options`, `input_value`, `checked`.
    package func click(
        elementID: String? = nil,
        name: String? = nil,
        label: String? = nil,
        on messageID: String,
        as user: String = "Maya",
        values: JSONObject = [:]
    ) async throws -> ClickOutcome {
        var body = values
        body["user"] = .string(user)
        body["element_id"] = elementID.map(JSONValue.string)
        body["name"] = name.map(JSONValue.string)
        body["label"] = label.map(JSONValue.string)
        let answer = try await call("POST", "messages/\(messageID)/clicks", .object(body))
        return ClickOutcome(
            error: answer["error"]?.integer.map { Int($0) },
            toast: answer["toast"]?["content"]?.string,
            changedCard: answer["changed_card"]?.bool ?? false
        )
    }

    /// Somebody sends a file (`file`, `audio`, `media`) or picture (`image`); `claimedBytes` makes it count as bigger
    /// than it is.
    package func sendFile(
        _ bytes: [UInt8],
        named name: String,
        type: String = "file",
        as user: String = "Maya",
        in group: String? = nil,
        mentioningBot: Bool = true,
        replyTo: String? = nil,
        duration: Int64? = nil,
        claimedBytes: Int? = nil
    ) async throws -> Utterance {
        let key = try await upload(bytes, named: name, isImage: type == "image", claimedBytes: claimedBytes)
        var content: JSONObject = [type == "image" ? "image_key" : "file_key": .string(key)]
        if type == "file" || type == "media" { content["file_name"] = .string(name) }
        content["duration"] = duration.map(JSONValue.integer)
        var body: JSONObject = [
            "user": .string(user), "message_type": .string(type), "content": .object(content),
            "mention_bot": .bool(mentioningBot),
        ]
        body["group"] = group.map(JSONValue.string)
        body["reply_to"] = replyTo.map(JSONValue.string)
        return try await utter("messages", .object(body))
    }

    /// Uploads for somebody; returns the `image_key` or `file_key`, to be sent with `sendPost`, for instance.
    package func upload(
        _ bytes: [UInt8],
        named name: String,
        isImage: Bool = false,
        claimedBytes: Int? = nil
    ) async throws -> String {
        let encoded = name.utf8.map { "%" + String(Int($0) + 0x100, radix: 16).suffix(2) }.joined()
        let claim = claimedBytes.map { "&claimed_bytes=\($0)" } ?? ""
        let response = try await http.execute(
            HTTPClientRequest(
                method: "POST",
                url: "\(url)/sandbox/resources?kind=\(isImage ? "image" : "file")&name=\(encoded)\(claim)",
                headers: [("Content-Type", "application/octet-stream")],
                body: bytes
            )
        )
        let answer = try JSONValue(parsing: response.body)
        guard let key = (answer["image_key"] ?? answer["file_key"])?.string else {
            throw Failure(description: "no key: \(answer.text)")
        }
        return key
    }

    /// Somebody writes a post; `content` is its lines of nodes.
    package func sendPost(
        title: String = "",
        _ content: [JSONValue],
        as user: String = "Maya",
        in group: String? = nil
    ) async throws -> Utterance {
        var body: JSONObject = [
            "user": .string(user), "message_type": "post",
            "content": ["title": .string(title), "content": .array(content)],
        ]
        body["group"] = group.map(JSONValue.string)
        return try await utter("messages", .object(body))
    }

    /// Somebody forwards messages together to the bot.
    package func forward(_ messageIDs: [String], as user: String = "Maya") async throws -> Utterance {
        try await utter(
            "forwards",
            ["user": .string(user), "message_ids": .array(messageIDs.map(JSONValue.string))]
        )
    }

    /// The sender takes a message back.
    package func recall(_ messageID: String) async throws {
        _ = try await call("POST", "messages/\(messageID)/recall", [:])
    }

    /// The sender changes a text.
    package func edit(_ messageID: String, to text: String) async throws {
        _ = try await call("POST", "messages/\(messageID)/edit", ["text": .string(text)])
    }

    /// Somebody adds a reaction or takes it away.
    package func react(
        _ emoji: String,
        to messageID: String,
        as user: String = "Maya",
        isAdded: Bool = true
    ) async throws {
        let body: JSONValue = ["user": .string(user), "emoji": .string(emoji), "added": .bool(isAdded)]
        _ = try await call("POST", "messages/\(messageID)/reactions", body)
    }

    /// Somebody makes a group with the bot in it; returns the chat's id.
    package func makeGroup(_ name: String, members: [String] = [], by user: String = "Maya") async throws -> String {
        let body: JSONValue = [
            "user": .string(user), "name": .string(name), "members": .array(members.map(JSONValue.string)),
        ]
        return try await call("POST", "chats", body)["chat_id"]?.string ?? ""
    }

    /// Somebody clicks an item of the bot's menu.
    package func clickMenu(_ key: String, as user: String = "Maya") async throws {
        _ = try await call("POST", "menus", ["user": .string(user), "event_key": .string(key)])
    }
}
