import Feishu

/// What is asked of Feishu about people and messages.
extension FeishuChat {
    package func botID(ofApp appID: String) async throws -> String {
        try await people.openID(of: client(appID))
    }

    package func name(ofUser openID: String, inApp appID: String) async throws -> String? {
        try await people.name(of: openID, through: client(appID))
    }

    package func departments(ofUser openID: String, inApp appID: String) async throws -> Set<String> {
        try await people.departments(of: openID, through: client(appID))
    }

    package func currentMessage(_ messageID: String, ofApp appID: String) async throws -> CurrentMessage? {
        let client = try client(appID)
        do throws(FeishuError) {
            let botID = try await people.openID(of: client)
            guard let message = try await client.messages(withID: messageID).first, !message.isDeleted else {
                return nil
            }
            return CurrentMessage(
                text: message.plainText(droppingMentionOf: botID),
                senderID: message.senderType == "user" ? message.senderID : nil,
                attachments: MessageAttachment.all(in: message.content, of: message.messageID)
            )
        } catch  where error.kind == .gone {
            return nil
        }
    }

    package func forwardedMessages(in messageID: String, ofApp appID: String) async throws -> [ForwardedMessage] {
        let client = try client(appID)
        let parts = try await client.messages(withID: messageID).filter { $0.upperMessageID == messageID }
        var messages: [ForwardedMessage] = []
        for part in parts.sorted(by: { ($0.createdAt ?? 0) < ($1.createdAt ?? 0) }).prefix(200) {
            var sender: String?
            if part.senderType == "user", let id = part.senderID {
                sender = try await people.name(of: id, through: client)
            }
            messages.append(ForwardedMessage(sender: sender, text: part.plainText()))
        }
        return messages
    }

    package func download(
        _ key: String,
        of messageID: String,
        isImage: Bool,
        inApp appID: String
    ) async throws -> [UInt8] {
        try await client(appID).download(key, as: isImage ? .image : .file, of: messageID).bytes
    }
}
