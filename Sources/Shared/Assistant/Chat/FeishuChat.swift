package import Feishu
import JSON
package import Logging

/// Feishu as the assistant's chat, for any number of apps.
///
/// Each part of an answer has a `uuid` derived from its key, by which Feishu sends it once within an hour, and is noted
/// once it is sent, by which it is sent once within a day.
package struct FeishuChat: Chat {
    private let clients: [String: FeishuClient]
    private let sent: any SentParts
    private let bots: BotDirectory
    private let logger: Logger

    package init(clients: [FeishuClient], sent: any SentParts, logger: Logger) {
        self.clients = Dictionary(clients.map { ($0.app.appID, $0) }) { first, _ in first }
        self.sent = sent
        self.logger = logger
        bots = BotDirectory()
    }

    package func reply(_ reply: Reply, to target: ReplyTarget, key: String) async throws {
        let client = try client(target.appID)
        let parts =
            switch reply {
            case .text(let text): OutgoingMessage.texts(text)
            case .markdown(let markdown, let title): OutgoingMessage.markdowns(markdown, title: title)
            }
        for (index, part) in parts.enumerated() {
            let uuid = MessageUUID.derive(job: key, step: "\(index)")
            guard try await !sent.contains(uuid) else { continue }
            let message = try await send(part, to: target, through: client, uuid: uuid)
            try await sent.insert(uuid, messageID: message.messageID)
        }
    }

    package func botID(ofApp appID: String) async throws -> String {
        try await bots.openID(of: client(appID))
    }

    private func client(_ appID: String) throws -> FeishuClient {
        guard let client = clients[appID] else { throw UnknownApp(appID: appID) }
        return client
    }

    private func send(
        _ part: OutgoingMessage,
        to target: ReplyTarget,
        through client: FeishuClient,
        uuid: String
    ) async throws(FeishuError) -> FeishuMessage {
        do {
            return try await client.reply(part, to: target.messageID, fallbackChatID: target.chatID, uuid: uuid)
        } catch  where error.kind == .content && part.type == "post" {
            // Refused as rich text: the same words plain, which have no form to be wrong.
            logger.warning("rich text was refused, sending plain text", metadata: ["error": "\(error)"])
            return try await client.reply(
                .text(Self.words(of: part)),
                to: target.messageID,
                fallbackChatID: target.chatID,
                uuid: MessageUUID.derive(job: uuid, step: "plain")
            )
        }
    }

    /// What a message of ours says, as plain text.
    private static func words(of message: OutgoingMessage) -> String {
        let content = (try? JSONValue(parsing: message.content))?["zh_cn"]
        let nodes = content?["content"]?.array?.flatMap { $0.array ?? [] } ?? []
        let lines = [content?["title"]?.string] + nodes.map { $0["text"]?.string }
        return lines.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

/// A task for an app that this worker has no credentials of.
struct UnknownApp: Error, CustomStringConvertible {
    let appID: String

    var description: String { "no Feishu app \(appID) is configured" }
}

/// Who the bots of the apps are, asked once each.
actor BotDirectory {
    private var known: [String: String] = [:]

    func openID(of client: FeishuClient) async throws(FeishuError) -> String {
        if let id = known[client.app.appID] { return id }
        let id = try await client.botInfo().openID
        known[client.app.appID] = id
        return id
    }
}
