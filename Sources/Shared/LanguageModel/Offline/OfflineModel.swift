/// The embedded stand-in for a model: needs no account and no network.
///
/// A long text comes back as the sentences that say most of it, labelled as an extract. To an open question it says
/// honestly that no model is connected, and which settings connect one. Every answer is in the language of the message.
package struct OfflineModel: LanguageModel {
    package let name = "offline"
    package let answersOpenQuestions = false

    /// The language of answers to messages without a letter.
    private let language: WrittenLanguage
    private let summariser = ExtractiveSummariser()

    package init(language: WrittenLanguage = .chinese) {
        self.language = language
    }

    /// Never throws.
    package func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        let message = request.messages.last { $0.role == .user }?.content ?? ""
        return ChatStream([.text(answer(to: message)), .finished(ChatFinish(reason: .stop, model: name))])
    }

    private func answer(to message: String) -> String {
        let language = WrittenLanguage(of: message) ?? language
        let texts = OfflineTexts(language)
        guard message.unicodeScalars.count >= texts.longText else { return texts.noModel }
        let points = summariser.summary(of: message, atMost: .init(sentences: 6, characters: 1_200))
        guard points.count > 1 else { return texts.noModel }
        return ([texts.extractHeading] + points.map { "• " + $0 } + ["", texts.extractNote]).joined(separator: "\n")
    }
}

/// What the offline model says, by language.
struct OfflineTexts {
    /// From how many characters a message is a text to shorten and not a question.
    let longText: Int
    let noModel: String
    let extractHeading: String
    let extractNote: String

    init(_ language: WrittenLanguage) {
        switch language {
        case .chinese:
            longText = 300
            noModel = """
                我现在是离线模式，没有连接大模型，无法回答开放式问题。
                管理员设置 LLM_PROVIDER=openai，并填写 LLM_BASE_URL、LLM_API_KEY、LLM_MODEL 后，我就能回答。
                离线时我也能做：把会议记录发给我（每行“姓名：发言”），我会整理纪要；把长文发给我，我会摘出要点。
                """
            extractHeading = "原文要点（摘录）："
            extractNote = "以上为离线摘录，均为原句；连接大模型（LLM_PROVIDER=openai）后可得到归纳总结。"
        case .english:
            longText = 900
            noModel = """
                I am running offline: no language model is connected, so I cannot answer open questions.
                To connect one, an administrator sets LLM_PROVIDER=openai with LLM_BASE_URL, LLM_API_KEY and LLM_MODEL.
                Offline I can still turn a pasted transcript ("Name: what was said" on each line) into minutes, and \
                pick the main points out of a long text.
                """
            extractHeading = "Main points (extracted):"
            extractNote = """
                These sentences are quoted, not rewritten. Connect a model (LLM_PROVIDER=openai) for a written summary.
                """
        }
    }
}
