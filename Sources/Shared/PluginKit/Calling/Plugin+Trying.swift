import FoundationEssentials
public import JSON

extension Plugin {
    /// What the plugin answers to a text, as of a command: for its unit tests, without a server.
    ///
    /// What the manifest's permissions do not name is left out, and the configuration's defaults are filled in, as the
    /// assistant does; the reply is checked as the server does.
    ///
    /// - Parameters:
    ///   - text: What follows the command.
    ///   - configuration: The plugin's configuration.
    ///   - language: The person's language.
    ///   - members: Further members of the context (`docs/plugins/contract.md`), in the place of what is there; null
    ///     leaves one out.
    /// - Returns: The reply.
    /// - Throws: What the plugin throws, and ``BadReply``.
    public static func reply(
        to text: String,
        configuration: JSONObject = [:],
        language: Language = .chinese,
        with members: JSONObject = [:]
    ) async throws -> Reply {
        let message = try Message(
            ExampleContext.make(text, configuration, language, members, manifest, configurationSchema)
        )
        let reply = try await Self().handle(message)
        _ = try reply.encoded()
        return reply
    }
}

/// Contexts as the assistant makes them, for tries.
enum ExampleContext {
    /// The permissions of which a member of the context needs one, where it needs any.
    private static let needed: [String: Set<Permission>] = [
        "message_content": [.messageText], "message": [.messageText], "sender": [.messageSender],
        "chat": [.messageChat], "mentions": [.messageMentions], "attachments": [.messageAttachments],
        "state": [.conversationState], "conversation_id": [.messageChat, .conversationState],
    ]

    static func make(
        _ text: String,
        _ configuration: JSONObject,
        _ language: Language,
        _ members: JSONObject,
        _ manifest: Manifest,
        _ schema: JSONValue
    ) -> JSONObject {
        let id = UUID().uuidString.lowercased()
        let deadline = ISODate.text(toSecondsOf: Int64(Date().timeIntervalSince1970) + 10)
        var trigger: JSONObject = ["type": "command", "name": .string(manifest.name)]
        if manifest.permissions.contains(.messageText) { trigger["arguments"] = .string(text) }
        var context: JSONObject = [
            "contract_version": 1,
            "request_id": .string(id),
            "idempotency_key": .string("\(id)/call"),
            "deadline": .string("\(deadline)Z"),
            "language": .string(language.rawValue),
            "trigger": .object(trigger),
            "message_content": .string(text),
            "message": [
                "id": "om_try", "type": "text", "text": .string("/\(manifest.name) \(text)"),
                "created_at": 1_764_200_000_000,
            ],
            "sender": ["open_id": "ou_try", "name": "测试"],
            "chat": ["id": "oc_try", "kind": "direct"],
            "conversation_id": "try",
            "config": .object(withDefaults(configuration, schema)),
        ]
        for member in members.members { context[member.key] = member.value }
        for member in context.members {
            let isPermitted = needed[member.key].map { !manifest.permissions.isDisjoint(with: $0) } ?? true
            if !isPermitted || member.value.isNull { context[member.key] = nil }
        }
        return context
    }

    private static func withDefaults(_ configuration: JSONObject, _ schema: JSONValue) -> JSONObject {
        var configuration = configuration
        for property in schema["properties"]?.object?.members ?? [] where configuration[property.key] == nil {
            configuration[property.key] = property.value["default"]
        }
        return configuration
    }
}
