package import Documents
import Feishu
package import JobQueue
import LanguageModel
import Logging

/// Reads what came with the messages of a turn: files, images, speech, quotes, forwarded messages.
struct QuestionReader {
    let assistant: AssistantParts
    let settings: AssistantSettings
    let texts: AssistantTexts
    let logger: Logger

    /// - Throws: `DocumentError` where a file cannot be read, `LanguageModelError` where speech cannot be understood, and
    ///   errors of the platform.
    func read(_ messages: [AnswerJob.Arguments], after state: ConversationState) async throws -> Question {
        var question = Question()
        var pieces: [String] = []
        var said: [String] = []
        for message in messages {
            if let quote = try await quote(of: message, unlessIn: state) { pieces.append(quote) }
            var text = message.text
            for attachment in message.attachments ?? [] {
                switch attachment.kind {
                case .image: if let image = try await image(attachment, of: message) { question.images.append(image) }
                case .audio: text = [text, try await speech(attachment, of: message)].joined(separator: "\n").trimmed
                case .forward: pieces.append(try await forwarded(attachment, of: message))
                case .file:
                    let document = try await document(attachment, of: message)
                    if messages.count == 1, message.text.isEmpty, document.isTranscript {
                        question.transcript = document.text
                    }
                    pieces.append(Material.wrapped(document.text, as: "document", [("name", document.name)]))
                    if document.wasCut { pieces.append(texts.documentWasCut(document.name)) }
                }
            }
            guard !text.isEmpty else { continue }
            said.append(text)
            pieces.append(try await named(text, of: message))
        }
        question.spoken = said.joined(separator: "\n")
        if said.isEmpty { pieces.append(texts.whatToDoWithMaterial) }
        // Short messages in a row are one; material stands apart.
        question.text = pieces.joined(separator: pieces.count == said.count ? "\n" : "\n\n")
        return question
    }

    /// In a group the model is told who speaks.
    private func named(_ text: String, of message: AnswerJob.Arguments) async throws -> String {
        guard let name = try await assistant.speaker(of: message) else { return text }
        return "\(name): \(text)"
    }

    private func quote(of message: AnswerJob.Arguments, unlessIn state: ConversationState) async throws -> String? {
        guard let id = message.quotedMessageID, !state.turns.contains(where: { $0.messageID == id }) else { return nil }
        do {
            guard let quoted = try await assistant.chat.currentMessage(id, ofApp: message.target.appID),
                !quoted.text.isEmpty
            else { return nil }
            return Material.wrapped(String(quoted.text.prefix(4_000)), as: "quote")
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            logger.info("a quoted message cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func image(_ attachment: MessageAttachment, of message: AnswerJob.Arguments) async throws -> ChatImage? {
        let bytes = try await download(attachment, of: message)
        do {
            return try ChatImage(bytes)
        } catch {
            logger.info("an image is none for a model", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func speech(_ attachment: MessageAttachment, of message: AnswerJob.Arguments) async throws -> String {
        guard let transcription = assistant.transcription else { throw UnheardSpeech() }
        let bytes = try await download(attachment, of: message)
        return try await transcription.text(of: bytes, fileName: "voice.opus")
    }

    private func forwarded(_ attachment: MessageAttachment, of message: AnswerJob.Arguments) async throws -> String {
        let parts = try await assistant.chat.forwardedMessages(in: attachment.key, ofApp: message.target.appID)
        let lines = parts.map { part in part.sender.map { "\($0): \(part.text)" } ?? part.text }
        return Material.wrapped(bounded(lines.joined(separator: "\n")).text, as: "forwarded")
    }

    private struct FileText {
        let name: String
        let text: String
        let wasCut: Bool
        let isTranscript: Bool
    }

    private func document(_ attachment: MessageAttachment, of message: AnswerJob.Arguments) async throws -> FileText {
        let bytes = try await download(attachment, of: message)
        let name = attachment.name ?? "file"
        let read = try await assistant.documents.text(of: bytes, name: name)
        let isTranscript = read.kind == .vtt || read.kind == .srt || TranscriptParser().parse(read.text).isConversation
        let (text, wasCut) = isTranscript ? (read.text, false) : bounded(read.text)
        return FileText(name: name, text: text, wasCut: wasCut || read.wasCut, isTranscript: isTranscript)
    }

    private func download(_ attachment: MessageAttachment, of message: AnswerJob.Arguments) async throws -> [UInt8] {
        try await assistant.chat.download(
            attachment.key,
            of: message.target.messageID,
            isImage: attachment.kind == .image,
            inApp: message.target.appID
        )
    }

    /// As much of a text as the model is told.
    private func bounded(_ text: String) -> (text: String, wasCut: Bool) {
        let tokens = TokenEstimate.tokens(in: text)
        guard tokens > settings.documentTokens else { return (text, false) }
        let kept = text.prefix(text.count * settings.documentTokens / tokens)
        return (String(kept), true)
    }
}

/// Somebody spoke, and nothing that understands speech is set up.
struct UnheardSpeech: RetryAdvising, Told, CustomStringConvertible {
    var retryAdvice: RetryAdvice { .never }
    var description: String { "no transcription is configured" }
}

extension DocumentError: RetryAdvising, Told {
    package var retryAdvice: RetryAdvice { isTransient ? .byPolicy : .never }
}
