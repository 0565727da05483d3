import Documents
import JSON
import JobQueue
import Plugins

/// Gathers what a plugin is told: only what its manifest's permissions name is looked up at all.
struct SkillMaterial {
    /// Of all attachments of a message.
    private static let mostAttachmentBytes = 10 << 20

    let assistant: AssistantParts
    let plugins: PluginParts
    let arguments: SkillRunJob.Arguments
    let context: JobContext

    /// - Parameters:
    ///   - manifest: The plugin's.
    ///   - language: Of the answer.
    /// - Returns: The call.
    /// - Throws: Errors of the chat platform and of Redis; `DocumentError.tooLarge`, `UnfetchedAttachment`.
    func call(of manifest: PluginManifest, language: String) async throws -> PluginCall {
        let permissions = manifest.permissions
        let time = context.periodicTime?.milliseconds ?? assistant.now()
        var call = PluginCall(
            requestID: context.taskID.rawValue,
            idempotencyKey: "\(context.taskID)/call",
            language: language,
            cause: arguments.cause.cause(at: time)
        )
        call.content = arguments.content
        if let message = arguments.message {
            call.message = .init(
                id: message.target.messageID,
                type: message.type,
                text: message.text,
                createdAt: message.createdAt
            )
        }
        if let chatID = arguments.chatID {
            call.chat = .init(
                id: chatID,
                isGroup: arguments.message?.isGroup ?? true,
                threadID: arguments.message?.threadID
            )
        }
        if permissions.contains(.messageSender), let sender = arguments.senderID {
            call.sender = .init(
                openID: sender,
                name: try await assistant.chat.name(ofUser: sender, inApp: arguments.appID)
            )
        }
        call.mentions = (arguments.mentions ?? []).map { .init(openID: $0.openID, name: $0.name) }
        if permissions.contains(.messageAttachments) { call.attachments = try await attachments() }
        if let conversation = arguments.conversation {
            call.conversationID = conversation.key
            if permissions.contains(.conversationState) {
                call.state = try await plugins.memory.state(of: manifest.name, in: conversation.key)
            }
        }
        return call
    }

    /// What came with the message, in its order. Forwarded messages are no file and stay out.
    private func attachments() async throws -> [PluginCall.Attachment] {
        guard let messageID = arguments.message?.target.messageID else { return [] }
        var attachments: [PluginCall.Attachment] = []
        var bytes = 0
        for attachment in arguments.attachments ?? [] where attachment.kind != .forward {
            let content = try await assistant.download(
                attachment,
                of: messageID,
                inApp: arguments.appID,
                logger: context.logger
            )
            bytes += content.count
            guard bytes <= Self.mostAttachmentBytes else { throw DocumentError.tooLarge }
            let kind = attachment.kind.rawValue
            attachments.append(.init(kind: kind, name: attachment.name ?? kind, bytes: content))
        }
        return attachments
    }
}
