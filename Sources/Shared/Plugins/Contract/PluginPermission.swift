/// What a plugin may see or do beyond being called.
package enum PluginPermission: String, Sendable, CaseIterable {
    /// What was written: `message_content` and `message`.
    case messageText = "message.text"
    /// Who wrote it.
    case messageSender = "message.sender"
    /// In which chat.
    case messageChat = "message.chat"
    /// Who is mentioned.
    case messageMentions = "message.mentions"
    /// The files that came with it, with what is in them.
    case messageAttachments = "message.attachments"
    /// To keep something from call to call of one conversation.
    case conversationState = "conversation.state"
    /// To be called again later.
    case enqueueJobs = "jobs.enqueue"
    /// The secrets of its configuration.
    case configurationSecrets = "configuration.secrets"
}
