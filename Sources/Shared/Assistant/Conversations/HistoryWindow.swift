import LanguageModel

/// How much of a conversation the model is told: the latest turns that fit, and a summary of those before.
struct HistoryWindow: Sendable {
    /// In tokens, as estimated.
    let maximumTokens: Int

    /// What goes before the message to answer, the oldest first.
    func messages(of state: ConversationState, _ texts: AssistantTexts) -> [ChatMessage] {
        let kept = state.turns.suffix(count(of: state.turns))
        var messages: [ChatMessage] = []
        // What a model made of material is material.
        if let summary = state.summary {
            messages.append(.user(texts.summaryBefore + "\n" + Material.wrapped(summary, as: "summary")))
        }
        messages += kept.map(\.message)
        return messages
    }

    /// How many of the latest turns fit. A turn of several messages goes as a whole, so the first of them is a
    /// person's.
    func count(of turns: [ConversationTurn]) -> Int {
        var left = maximumTokens
        var count = 0
        for (index, turn) in turns.enumerated().reversed() {
            left -= TokenEstimate.tokens(in: turn.message)
            if left < 0 { break }
            let isFirstOfTurn = index == 0 || turns[index - 1].task != turn.task
            if isFirstOfTurn { count = turns.count - index }
        }
        return count
    }
}

extension ConversationTurn {
    /// As the model is told of it.
    var message: ChatMessage {
        switch speaker {
        case .user: .user(name.map { Material.said(text, by: $0) } ?? text)
        case .assistant: .assistant(text)
        }
    }
}
