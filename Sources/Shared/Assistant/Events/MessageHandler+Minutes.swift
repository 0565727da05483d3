import Feishu
import JobQueue
import LanguageModel

/// Minutes that a message asks for.
extension MessageHandler {
    /// What a command without a transcript means: what it quotes, else the file that was sent before it; nil for neither.
    func source(
        ofMinutesFor message: MessageReceived,
        _ conversation: Conversation
    ) async throws -> MinutesSource? {
        if let quoted = message.parentID { return .message(id: quoted) }
        guard let userID = message.sender.openID else { return nil }
        let shelf = Shelf(appID: conversation.appID, chatID: conversation.chatID)
        return try await assistant.shelves.store.lastSent(by: userID, on: shelf).map { .file(sent: $0) }
    }

    /// Has minutes made, of a source or of the text itself. A source may be waited for, and holds up no others.
    func makeMinutes(
        of source: MinutesSource?,
        _ text: String,
        _ wish: MinutesWish,
        _ message: MessageReceived,
        _ target: ReplyTarget,
        _ conversation: Conversation
    ) async throws {
        let arguments = MinutesJob.Arguments(
            target: target,
            transcript: text,
            senderID: message.sender.openID,
            isGroup: message.chatKind != .direct,
            template: wish.template,
            language: try await language(of: wish, in: conversation),
            source: source
        )
        let lane = source == nil ? OrderingKey("\(MinutesJob.name):\(conversation.key)") : nil
        try await enqueue(MinutesJob.self, arguments, lane)
        await assistant.sign.show(on: target)
    }

    /// The language that minutes are wanted in; nil for the transcript's.
    private func language(
        of wish: MinutesWish,
        in conversation: Conversation
    ) async throws -> WrittenLanguage? {
        switch wish.language {
        case .transcript: return nil
        case .named(let language): return language
        case .own:
            let state = try await assistant.conversations.state(of: conversation)
            return state.language.flatMap { WrittenLanguage(rawValue: $0) }
                ?? assistant.profiles.settings(for: conversation).language
        }
    }
}
