/// What a plugin asks to know or do. What it does not ask for, its messages do not hold.
public enum Permission: String, Sendable, Hashable, CaseIterable {
    /// What was written.
    case messageText = "message.text"
    /// Who wrote it.
    case messageSender = "message.sender"
    /// In which chat.
    case messageChat = "message.chat"
    /// Who is mentioned.
    case messageMentions = "message.mentions"
    /// The files that came with it.
    case messageAttachments = "message.attachments"
    /// To keep something from call to call of one conversation.
    case conversationState = "conversation.state"
    /// To be called again later.
    case enqueueJobs = "jobs.enqueue"
    /// The secrets of its configuration.
    case configurationSecrets = "configuration.secrets"
}
