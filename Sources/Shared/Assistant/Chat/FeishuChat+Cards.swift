import Feishu
package import JSON

/// Cards that grow, and emoji.
extension FeishuChat {
    package func mustSaveCalls(ofApp appID: String) async -> Bool {
        clients[appID]?.monthlyUsage?.isNearEnd ?? false
    }

    package func addReaction(_ emoji: String, to target: ReplyTarget) async throws -> String {
        try await client(target.appID).addReaction(emoji, to: target.messageID)
    }

    package func removeReaction(_ reactionID: String, from target: ReplyTarget) async throws {
        try await client(target.appID).removeReaction(reactionID, from: target.messageID)
    }

    package func makeCard(_ card: JSONValue, ofApp appID: String) async throws -> String {
        try await client(appID).createCard(json: card)
    }

    /// How long an update may wait for its turn, where many cards grow: what it shows is what is written by then.
    private static let turn: Duration = .seconds(30)

    package func show(
        in element: String,
        of card: CardOperation,
        _ text: @escaping @Sendable () -> String
    ) async throws {
        do {
            try await client(card.appID).streamContent(
                cardID: card.cardID,
                elementID: element,
                sequence: card.sequence,
                patience: Self.turn,
                text: { MessageMarkup.defused(text()) }
            )
        } catch let error as FeishuError where error.kind == .rateLimited || error.reason == .interactionInProgress {
            throw ChatBusy()
        }
    }

    package func reopen(_ card: CardOperation) async throws {
        try await client(card.appID).changeCardSettings(
            cardID: card.cardID,
            settings: ["config": ["streaming_mode": true]],
            sequence: card.sequence
        )
    }

    package func close(_ card: CardOperation, summary: String) async throws {
        try await client(card.appID).closeStreaming(cardID: card.cardID, summary: summary, sequence: card.sequence)
    }

    package func replace(_ card: CardOperation, with json: JSONValue) async throws {
        try await client(card.appID).replaceCard(cardID: card.cardID, json: json, sequence: card.sequence)
    }

    package func replaceCard(in messageID: String, with json: JSONValue, ofApp appID: String) async throws {
        try await client(appID).patchCardMessage(messageID, json: json)
    }
}
