import Documents
import Feishu
import JobQueue
import Logging
import MeetingMinutes

/// Gets the transcript that somebody wants minutes of: pasted, out of a file, heard, forwarded, or from Feishu's own minutes.
struct TranscriptFinder {
    let assistant: AssistantParts
    let context: JobContext
    let request: MinutesRequest
    let texts: AssistantTexts
    /// Tells the person something that is no answer yet, once.
    let tell: (_ words: String) async throws -> Void

    /// - Throws: `TranscriptAbsence` where there is none; errors of reading and of the platform, after some of which another
    ///   attempt finds it.
    func find(_ source: MinutesSource) async throws -> FoundTranscript {
        switch source {
        case .file(let sent): try await file(sent)
        case .message(let id): try await message(id)
        case .recording(let link): try await recording(link)
        }
    }

    // MARK: What people sent

    private func file(_ sent: SentFile) async throws -> FoundTranscript {
        var request = request
        request.title = request.title ?? sent.attachment.name.flatMap(Self.title)
        let attachment = sent.attachment
        if attachment.kind == .forward { return try await forwarded(attachment.key) }
        if attachment.isRecording {
            let account = UsageAccount(appID: request.appID, userID: request.senderID, chatID: request.chatID)
            let speech = SpokenRecording(assistant: assistant, context: context, account: account)
            return try FoundTranscript(try await speech.text(of: sent), for: request)
        }
        let bytes = try await assistant.download(
            attachment,
            of: sent.messageID,
            inApp: request.appID,
            logger: context.logger
        )
        let limits = DocumentLimits(outputBytes: FeishuClient.maximumTranscriptBytes)
        let document = try await assistant.documents.text(of: bytes, name: attachment.name ?? "file", limits: limits)
        guard !document.wasCut else { throw TranscriptAbsence.tooLong }
        return try FoundTranscript(document.text, for: request)
    }

    /// Several messages that were forwarded as one are a conversation, too.
    private func forwarded(_ messageID: String) async throws -> FoundTranscript {
        let messages = try await assistant.chat.forwardedMessages(in: messageID, ofApp: request.appID)
        let lines = messages.map { message in
            // One message is one turn, whatever its lines look like.
            let words = message.text.split(whereSeparator: \.isNewline).joined(separator: " ")
            return "\(message.sender ?? texts.somebody): \(words)"
        }
        return try FoundTranscript(lines.joined(separator: "\n"), for: request)
    }

    private func message(_ id: String) async throws -> FoundTranscript {
        if let message = try await quoted(id) {
            if let attachment = message.attachments.first(where: { $0.kind != .image }) {
                return try await file(SentFile(messageID: id, attachment: attachment))
            }
            if let link = MinutesLink.find(in: message.text, atMost: 1).first,
                !TranscriptParser().parse(message.text).isConversation
            {
                return try await recording(link)
            }
            // Who answers in a thread quotes its first message without meaning it.
            if TranscriptParser().parse(message.text).isConversation {
                return try FoundTranscript(message.text, for: request)
            }
        }
        guard let sent = try await lastSent() else { throw TranscriptAbsence.nothing }
        return try await file(sent)
    }

    private func quoted(_ id: String) async throws -> CurrentMessage? {
        do {
            return try await assistant.chat.currentMessage(id, ofApp: request.appID)
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            context.logger.info("a message to make minutes of cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func lastSent() async throws -> SentFile? {
        guard let senderID = request.senderID, let chatID = request.chatID else { return nil }
        return try await assistant.shelves.store.lastSent(
            by: senderID,
            on: Shelf(appID: request.appID, chatID: chatID)
        )
    }

    /// The name of a file without its ending.
    private static func title(of name: String) -> String? {
        let title = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return title.trimmed.isEmpty ? nil : String(title.trimmed.prefix(200))
    }

    // MARK: What Feishu recorded

    private func recording(_ link: MinutesLink) async throws -> FoundTranscript {
        let reader = RecordingReader(
            assistant: assistant,
            context: context,
            appID: request.appID,
            tell: { try await tell(texts.told(of: .notReady)) }
        )
        let minute = try await reader.minute(link.token)
        if let refusal = try await refusal(to: minute) {
            context.logger.info("somebody asks for minutes of a recording that may not be theirs to read")
            throw refusal
        }
        let text = try await reader.transcript(ofMinute: link.token)
        let request = request.completed(by: minute, at: link.url, in: assistant.zone)
        return try FoundTranscript(text, for: request, orElse: .obstacle(.withoutTranscript))
    }

    /// Nil where who asks may read it.
    private func refusal(to minute: FeishuMinute) async throws -> TranscriptAbsence? {
        let owned = RecordingAccess(ownerID: minute.ownerID, readers: [])
        func refusal(_ access: RecordingAccess) -> TranscriptAbsence? {
            access.refusal(of: request.senderID, in: request.chatID, isGroup: request.isGroup ?? true)
        }
        guard refusal(owned) != nil else { return nil }
        return refusal(RecordingAccess(ownerID: minute.ownerID, readers: try await readers(of: minute.token)))
    }

    private func readers(of token: String) async throws -> [DocumentMember] {
        do {
            return try await assistant.workplace.readers(ofMinute: token, ofApp: request.appID)
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            context.logger.info("it is not to be known who may read a recording", metadata: ["error": "\(error)"])
            return []
        }
    }
}
