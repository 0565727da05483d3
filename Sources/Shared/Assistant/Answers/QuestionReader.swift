package import Documents
import Feishu
package import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Reads what came with the messages of a turn: files, images, speech, quotes, forwarded messages.
struct QuestionReader {
    let assistant: AssistantParts
    let settings: AssistantSettings
    let texts: AssistantTexts
    let logger: Logger

    /// - Parameters:
    ///   - messages: Of the turn, the oldest first.
    ///   - state: What was said before; what is in it needs no quote.
    ///   - known: Messages of which the model is told otherwise, so that they need none either.
    /// - Returns: What is asked, with what came with it.
    /// - Throws: `DocumentError` where a file cannot be read, `LanguageModelError` where speech cannot be understood, and
    ///   errors of the platform.
    func read(
        _ messages: [AnswerJob.Arguments],
        after state: ConversationState,
        besides known: Set<String> = []
    ) async throws -> Question {
        var question = Question()
        var pieces: [String] = []
        var said: [String] = []
        for message in messages {
            let appID = message.target.appID
            if !known.contains(message.quotedMessageID ?? "") {
                pieces += try await quote(of: message, unlessIn: state, into: &question)
            }
            var text = message.text
            for attachment in message.attachments ?? [] {
                let source = Source(attachment: attachment, messageID: message.target.messageID, appID: appID)
                switch attachment.kind {
                case .image: if let image = try await image(source) { question.images.append(image) }
                case .audio: text = [text, try await speech(source)].joined(separator: "\n").trimmed
                case .forward: pieces.append(try await forwarded(source))
                case .file:
                    let document = try await document(source)
                    if messages.count == 1, message.text.isEmpty, document.isTranscript {
                        question.transcript = SentFile(messageID: source.messageID, attachment: attachment)
                    }
                    pieces += material(document)
                case .video: break
                }
            }
            guard !text.isEmpty else { continue }
            said.append(text)
            pieces.append(try await named(text, of: message))
        }
        question.spoken = said.joined(separator: "\n")
        question.isNothingElse = pieces.isEmpty
        if said.isEmpty { pieces.append(texts.whatToDoWithMaterial) }
        // Short messages in a row are one; material stands apart.
        question.text = pieces.joined(separator: pieces.count == said.count ? "\n" : "\n\n")
        return question
    }

    /// Something that came with a message, this one or one that it quotes.
    private struct Source {
        let attachment: MessageAttachment
        let messageID: String
        let appID: String
    }

    /// In a group the model is told who speaks.
    private func named(_ text: String, of message: AnswerJob.Arguments) async throws -> String {
        guard let name = try await assistant.speaker(of: message) else { return text }
        return Material.said(text, by: name)
    }

    /// What a message answers, with the files and images of that.
    private func quote(
        of message: AnswerJob.Arguments,
        unlessIn state: ConversationState,
        into question: inout Question
    ) async throws -> [String] {
        let appID = message.target.appID
        guard let id = message.quotedMessageID, !state.turns.contains(where: { $0.messageID == id }),
            let quoted = try await quotedMessage(id, appID)
        else { return [] }
        var pieces: [String] = []
        if !quoted.text.isEmpty { pieces.append(Material.wrapped(String(quoted.text.prefix(4_000)), as: "quote")) }
        for attachment in quoted.attachments {
            let source = Source(attachment: attachment, messageID: id, appID: appID)
            switch attachment.kind {
            case .image: if let image = try await image(source) { question.images.append(image) }
            case .audio: pieces.append(Material.wrapped(try await speech(source), as: "quote"))
            case .forward: pieces.append(try await forwarded(source))
            case .file: pieces += material(try await document(source))
            case .video: break
            }
        }
        return pieces
    }

    private func quotedMessage(_ id: String, _ appID: String) async throws -> CurrentMessage? {
        do {
            return try await assistant.chat.currentMessage(id, ofApp: appID)
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            logger.info("a quoted message cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func image(_ source: Source) async throws -> ChatImage? {
        let bytes = try await download(source)
        do {
            return try ChatImage(bytes)
        } catch {
            logger.info("an image is none for a model", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func speech(_ source: Source) async throws -> String {
        guard let transcription = assistant.transcription else { throw UnheardSpeech() }
        return try await transcription.text(of: try await download(source), fileName: "voice.opus")
    }

    private func forwarded(_ source: Source) async throws -> String {
        let parts = try await assistant.chat.forwardedMessages(in: source.attachment.key, ofApp: source.appID)
        let lines = parts.map { part in part.sender.map { Material.said(part.text, by: $0) } ?? part.text }
        return Material.wrapped(bounded(lines.joined(separator: "\n")).text, as: "forwarded")
    }

    private struct FileText {
        let name: String
        let text: String
        let wasCut: Bool
        let isTranscript: Bool
    }

    private func document(_ source: Source) async throws -> FileText {
        let bytes = try await download(source)
        let name = source.attachment.name ?? "file"
        let read = try await assistant.documents.text(of: bytes, name: name)
        let isTranscript = read.kind == .vtt || read.kind == .srt || TranscriptParser().parse(read.text).isConversation
        let (text, wasCut) = isTranscript ? (read.text, false) : bounded(read.text)
        return FileText(name: name, text: text, wasCut: wasCut || read.wasCut, isTranscript: isTranscript)
    }

    private func material(_ document: FileText) -> [String] {
        // A transcript in a quote, or beside words, is a document as others are.
        let (text, wasCut) = bounded(document.text)
        let wrapped = Material.wrapped(text, as: "document", [("name", document.name)])
        return document.wasCut || wasCut ? [wrapped, texts.documentWasCut] : [wrapped]
    }

    private func download(_ source: Source) async throws -> [UInt8] {
        try await assistant.download(
            source.attachment,
            of: source.messageID,
            inApp: source.appID,
            logger: logger
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

/// Somebody sent images and no words, and no model sees.
struct UnseenImage: RetryAdvising, Told, CustomStringConvertible {
    var retryAdvice: RetryAdvice { .never }
    var description: String { "no model that sees is configured" }
}

extension DocumentError: RetryAdvising, Told {
    package var retryAdvice: RetryAdvice { isTransient ? .byPolicy : .never }
}
