import Cryptography
package import JSON

extension PluginCall {
    private static let mostTextBytes = 256 << 10
    private static let mostAttachmentBytes = 10 << 20
    private static let mostBytes = 16 << 20

    /// The body of the request: version 1 of the contract, without what the plugin may not see.
    ///
    /// - Parameters:
    ///   - permitted: What the plugin may see.
    ///   - deadline: When we stop waiting.
    /// - Returns: JSON, at most 16 MiB.
    /// - Throws: `.callTooLarge` for a text over 256 KiB, attachments over 10 MiB in all, or a body over 16 MiB.
    package func body(
        permitted: Set<PluginPermission>,
        deadline: ISODate
    ) throws(PluginFailure) -> [UInt8] {
        var body: JSONObject = [
            "contract_version": .integer(PluginManifest.contractVersion),
            "request_id": .string(requestID),
            "idempotency_key": .string(idempotencyKey),
            "deadline": .string(Self.text(of: deadline)),
            "language": .string(language),
            "trigger": .object(trigger(withText: permitted.contains(.messageText))),
            "config": .object(permitted.contains(.configurationSecrets) ? settings.complete : settings.open),
        ]
        if permitted.contains(.messageText) {
            guard max(content.utf8.count, message?.text.utf8.count ?? 0) <= Self.mostTextBytes else {
                throw .callTooLarge
            }
            body["message_content"] = .string(content)
            body["message"] = message?.value
        }
        if permitted.contains(.messageSender) { body["sender"] = sender?.value }
        if permitted.contains(.messageChat) { body["chat"] = chat?.value }
        if permitted.contains(.messageMentions) { body["mentions"] = .array(mentions.map(\.value)) }
        if permitted.contains(.messageAttachments) {
            guard attachments.reduce(0, { $0 + $1.bytes.count }) <= Self.mostAttachmentBytes else {
                throw .callTooLarge
            }
            body["attachments"] = .array(attachments.map(\.value))
        }
        if permitted.contains(.conversationState) {
            body["conversation_id"] = conversationID.map { .string($0) }
            body["state"] = .object(state ?? [:])
        }
        switch cause {
        case .tool(let name, let arguments):
            body["tool"] = ["name": .string(name), "arguments": .object(arguments)]
        case .event(let type, let event):
            let seen = PermittedEvent(permitted: permitted).body(event)
            body["event"] = ["type": .string(type), "body": .object(seen)]
        case .schedule(let name, let at): body["schedule"] = ["name": .string(name), "at": .string(at)]
        case .command, .keyword, .pattern, .job: break
        }
        let bytes = JSONValue.object(body).bytes
        guard bytes.count <= Self.mostBytes else { throw .callTooLarge }
        return bytes
    }

    private func trigger(withText: Bool) -> JSONObject {
        switch cause {
        case .command(let name, let arguments):
            var trigger: JSONObject = ["type": "command", "name": .string(name)]
            if withText { trigger["arguments"] = .string(arguments) }
            return trigger
        case .keyword(let word): return ["type": "keyword", "name": .string(word)]
        case .pattern(let matches):
            var trigger: JSONObject = ["type": "pattern"]
            if withText { trigger["matches"] = .array(matches.map { .string($0) }) }
            return trigger
        case .event(let type, _): return ["type": "event", "name": .string(type)]
        case .schedule(let name, _): return ["type": "schedule", "name": .string(name)]
        case .tool(let name, _): return ["type": "tool", "name": .string(name)]
        case .job: return ["type": "job"]
        }
    }

    /// With milliseconds and `Z`.
    private static func text(of moment: ISODate) -> String {
        let milliseconds = String(moment.nanoseconds / 1_000_000)
        let padding = String(repeating: "0", count: 3 - milliseconds.count)
        return "\(ISODate.text(toSecondsOf: moment.seconds)).\(padding)\(milliseconds)Z"
    }
}

extension PluginCall.Person {
    fileprivate var value: JSONValue {
        var object: JSONObject = ["open_id": .string(openID)]
        if let name { object["name"] = .string(name) }
        return .object(object)
    }
}

extension PluginCall.Message {
    fileprivate var value: JSONValue {
        ["id": .string(id), "type": .string(type), "text": .string(text), "created_at": .integer(createdAt)]
    }
}

extension PluginCall.Chat {
    fileprivate var value: JSONValue {
        var object: JSONObject = ["id": .string(id), "kind": isGroup ? "group" : "direct"]
        if let threadID { object["thread_id"] = .string(threadID) }
        return .object(object)
    }
}

extension PluginCall.Attachment {
    fileprivate var value: JSONValue {
        [
            "kind": .string(kind),
            "name": .string(name),
            "size": .integer(Int64(bytes.count)),
            "content_base64": .string(Base64.encode(bytes)),
        ]
    }
}
