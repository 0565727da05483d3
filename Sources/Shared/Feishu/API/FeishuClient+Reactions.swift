import JSON

/// Emoji that say how far a job is, by Feishu's names (they are case-sensitive).
package enum ReactionEmoji {
    package static let onIt = "OnIt"
    package static let typing = "Typing"
    package static let done = "DONE"
    package static let error = "ERROR"
}

extension FeishuClient {
    /// Puts a reaction on a message and returns its id, which removing it needs.
    ///
    /// Reactions are a courtesy: a job should go on when one fails.
    package func addReaction(_ emoji: String, to messageID: String) async throws(FeishuError) -> String {
        let body: JSONValue = ["reaction_type": ["emoji_type": .string(emoji)]]
        let request = FeishuRequest("POST", "im", "v1", "messages", .id(messageID), "reactions", body: body)
        guard let id = try await call(request)["data"]?["reaction_id"]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "a reaction without an id", mayHaveHappened: true)
        }
        return id
    }

    /// Takes one of the app's own reactions off a message.
    package func removeReaction(_ reactionID: String, from messageID: String) async throws(FeishuError) {
        let request = FeishuRequest("DELETE", "im", "v1", "messages", .id(messageID), "reactions", .id(reactionID))
        _ = try await call(request)
    }
}
