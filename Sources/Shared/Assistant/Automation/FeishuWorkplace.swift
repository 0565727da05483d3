package import Feishu

/// Feishu as the place where rules do things, for any number of apps.
package struct FeishuWorkplace: Workplace {
    /// Of one chat's day that is summed up.
    private static let maximumLines = 1_000

    private let clients: FeishuClients

    package init(clients: FeishuClients) {
        self.clients = clients
    }

    /// Each message has a `uuid` of its own, by which Feishu sends it once within an hour; beyond that the journal of the
    /// job knows that it was said.
    package func say(_ words: Words, inChat chatID: String, ofApp appID: String, key: String) async throws {
        let client = try client(appID)
        let messages =
            switch words {
            case .text(let text): OutgoingMessage.texts(text)
            case .markdown(let markdown): OutgoingMessage.markdowns(markdown, title: nil)
            }
        for (index, message) in messages.enumerated() {
            _ = try await client.send(message, to: .chat(chatID), uuid: MessageUUID.derive(job: key, step: "\(index)"))
        }
    }

    package func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String? {
        let made = try await client(appID).createTask(task, clientToken: MessageUUID.derive(job: key, step: "task"))
        return made.url
    }

    package func lines(inChat chatID: String, ofApp appID: String, during span: Range<Int64>) async throws -> [ChatLine]
    {
        let seconds = Int(span.lowerBound / 1_000)..<Int(span.upperBound / 1_000)
        let messages = try await client(appID).messages(inChat: chatID, during: seconds, atMost: Self.maximumLines)
        return messages.compactMap { message in
            let text = message.plainText()
            guard message.senderType == "user", !text.isEmpty else { return nil }
            return ChatLine(senderID: message.senderID, text: text)
        }
    }

    private func client(_ appID: String) throws -> FeishuClient {
        guard let client = clients[appID] else { throw UnknownApp(appID: appID) }
        return client
    }
}
