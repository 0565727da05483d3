import Assistant
import Identity
import JSON

/// Conversations: which there are and how long, never what was said.
struct ConversationRoutes {
    let store: RedisConversationStore

    var routes: [AdminRoute] { [list, show, forget] }

    private var list: AdminRoute {
        AdminRoute(
            .get,
            "/conversations",
            "conversations.list",
            .role(.operator),
            "Lists the conversations that are remembered, the latest first; never what was said."
        ) { call in
            let start = try call.offset()
            let found = try await store.latest(from: start, atMost: call.limit + 1)
            let page = found.prefix(call.limit)
            let next = found.count > call.limit ? String(start + call.limit) : nil
            return .page(page.map { .object(Self.view($0.conversation, at: $0.at)) }, next: next)
        }
        .paged()
        .answering(Schemas.page(of: Schemas.shown(Self.members)))
    }

    private var show: AdminRoute {
        AdminRoute(
            .get,
            "/conversations/{id}",
            "conversations.show",
            .role(.operator),
            "Tells how long a conversation is and what was chosen in it; never what was said."
        ) { call in
            let found = try await conversation(call["id"])
            let state = try await store.state(of: found.conversation)
            var view = Self.view(found.conversation, at: found.at)
            view["turns"] = .integer(Int64(state.turns.count))
            view["is_summarised"] = .bool(state.summary != nil)
            view["model"] = state.model.json
            view["language"] = state.language.json
            return AdminReply(.object(view))
        }
        .answering(
            Schemas.shown(
                JSONObject(
                    Self.members,
                    and: [
                        "turns": Schemas.of("integer"), "is_summarised": Schemas.of("boolean"),
                        "model": Schemas.orNull("string"), "language": Schemas.orNull("string"),
                    ]
                )
            )
        )
    }

    private var forget: AdminRoute {
        AdminRoute(
            .delete,
            "/conversations/{id}",
            "conversations.forget",
            .role(.operator),
            "Has the assistant forget what was said in a conversation."
        ) { call in
            try await store.beginAnew(try await conversation(call["id"]).conversation)
            return .none
        }
        .answering(204, nil)
    }

    private func conversation(_ key: String) async throws -> KnownConversation {
        guard let known = try await store.known(key) else { throw AdminProblem.notFound("such conversation") }
        return known
    }

    private static let members: JSONObject = [
        "id": Schemas.of("string"), "app_id": Schemas.of("string"), "chat_id": Schemas.of("string"),
        "thread_id": Schemas.orNull("string"), "user_id": Schemas.orNull("string"),
        "latest_at": Schemas.of("integer"),
    ]

    private static func view(_ conversation: Conversation, at time: Int64) -> JSONObject {
        [
            "id": .string(conversation.key), "app_id": .string(conversation.appID),
            "chat_id": .string(conversation.chatID), "thread_id": conversation.threadID.json,
            "user_id": conversation.userID.json, "latest_at": .integer(time),
        ]
    }
}

extension JSONObject {
    fileprivate init(_ one: JSONObject, and other: JSONObject) {
        self = one
        for member in other.members { self[member.key] = member.value }
    }
}
