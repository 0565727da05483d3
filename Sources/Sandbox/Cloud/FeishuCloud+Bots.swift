import JSON

/// Bots among each other.
extension FeishuCloud {
    /// A bot in a group hears of another one's message only if it is mentioned and was granted that.
    func tellOtherBots(of message: CloudMessage, by app: String, in chat: Chat) {
        guard chat.kind == .group, chat.bots.count > 1, !message.mentions.isEmpty else { return }
        let mentioned = Set(message.mentions.map(\.id))
        let listeners = withState { state in
            chat.bots.sorted().filter {
                $0 != app && mentioned.contains(Directory.botOpenID(of: $0))
                    && state.grants($0, [Scopes.mentionsByBots])
            }
        }
        let people = withState { $0.directory.people }
        let mentions = message.mentions.map { mention -> JSONValue in
            let known = people[mention.id].map(Self.target)
            let target =
                known
                ?? configuration.apps.first { Directory.botOpenID(of: $0.id) == mention.id }
                .map { self.target(bot: $0.id) }
            return target?.inEvent(key: mention.key, tenantKey: tenantKey, showingUserID: false) ?? [:]
        }
        for listener in listeners {
            let event = EventEnvelope.received(
                message,
                from: [
                    "union_id": .string(Directory.botUnionID(of: app)),
                    "open_id": .string(Directory.botOpenID(of: app)),
                ],
                in: chat,
                mentions: mentions,
                tenantKey: tenantKey
            )
            // An event that finds no room is lost, as everything else that happens then.
            _ = try? deliver(event, ofType: "im.message.receive_v1", to: listener, message: message.id)
        }
    }

    /// The name of the bot with this open id.
    func botName(ofOpenID id: String) -> String? {
        configuration.apps.first { Directory.botOpenID(of: $0.id) == id }?.name
    }
}
