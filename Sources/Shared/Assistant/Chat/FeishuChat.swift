import Feishu
import JSON
package import Logging

/// Feishu as the assistant's chat, for any number of apps.
///
/// Each part of an answer has a `uuid` derived from its key, by which Feishu sends it once within an hour, and is noted
/// once it is sent, by which it is sent once within a day.
package struct FeishuChat: Chat {
    let clients: FeishuClients
    let sent: any SentParts
    let people: Directory
    let logger: Logger

    package init(clients: FeishuClients, sent: any SentParts, logger: Logger) {
        self.clients = clients
        self.sent = sent
        self.logger = logger
        people = Directory()
    }

    func client(_ appID: String) throws -> FeishuClient {
        guard let client = clients[appID] else { throw UnknownApp(appID: appID) }
        return client
    }

    // MARK: Answers

    @discardableResult
    package func reply(_ reply: Reply, to target: ReplyTarget, key: String) async throws -> String {
        let client = try client(target.appID)
        return try await deliver(reply, key: key, through: client) { message, uuid throws(FeishuError) in
            try await client.reply(
                message,
                to: target.messageID,
                inThread: target.isInThread ?? false,
                fallbackChatID: target.chatID,
                uuid: uuid
            )
        }
    }

    @discardableResult
    package func say(
        _ reply: Reply,
        to place: ChatPlace,
        ofApp appID: String,
        key: String
    ) async throws -> String {
        let client = try client(appID)
        let recipient: Recipient =
            switch place {
            case .chat(let id): .chat(id)
            case .user(let id): .openID(id)
            }
        return try await deliver(reply, key: "\(appID)/\(key)", through: client) { message, uuid throws(FeishuError) in
            try await client.send(message, to: recipient, uuid: uuid)
        }
    }

    private typealias Sending = (OutgoingMessage, _ uuid: String) async throws(FeishuError) -> FeishuMessage

    /// Sends what was not sent before, part by part. Returns the id of the first message.
    private func deliver(
        _ reply: Reply,
        key: String,
        through client: FeishuClient,
        _ send: Sending
    ) async throws -> String {
        var first: String?
        for (index, part) in parts(of: reply).enumerated() {
            let uuid = MessageUUID.derive(job: key, step: "\(index)")
            if let earlier = try await sent.message(of: uuid) {
                first = first ?? earlier
                continue
            }
            let message = try await deliver(part, through: client, uuid: uuid, send)
            try await sent.insert(uuid, messageID: message)
            first = first ?? message
        }
        return first ?? ""
    }

    /// A message, or a file that is a message once it is uploaded.
    private enum Part {
        case message(OutgoingMessage)
        case file(name: String, bytes: [UInt8])
    }

    private func parts(of reply: Reply) -> [Part] {
        switch reply {
        case .text(let text): OutgoingMessage.texts(text).map { .message($0) }
        case .markdown(let markdown, let title): OutgoingMessage.markdowns(markdown, title: title).map { .message($0) }
        case .card(let json): [.message(.card(json: json))]
        case .cardEntity(let id): [.message(.card(id: id))]
        case .file(let name, let bytes): [.file(name: name, bytes: bytes)]
        }
    }

    private func deliver(
        _ part: Part,
        through client: FeishuClient,
        uuid: String,
        _ send: Sending
    ) async throws(FeishuError) -> String {
        let message: OutgoingMessage
        switch part {
        case .message(let outgoing): message = outgoing
        case .file(let name, let bytes): message = .file(key: try await client.uploadFile(bytes, fileName: name))
        }
        do {
            return try await send(message, uuid).messageID
        } catch  where error.kind == .content && message.type == "post" {
            // Refused as rich text: the same words plain, which have no form to be wrong.
            logger.warning("rich text was refused, sending plain text", metadata: ["error": "\(error)"])
            let plain = OutgoingMessage.text(Self.words(of: message))
            let uuid = MessageUUID.derive(job: uuid, step: "plain")
            return try await send(plain, uuid).messageID
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
