import JSON
import JobQueue
import LanguageModel
import Logging
import ToolProtocol

/// How an answer is written: what came with the messages is read, and the model is asked.
extension Answering {
    /// Reads what was asked, and has the model write.
    func write(
        _ turn: Turn,
        _ state: ConversationState,
        _ texts: AssistantTexts,
        into growing: GrowingText,
        on presenter: AnswerPresenter
    ) async throws -> WrittenAnswer {
        guard context.crashes < FatalAnswer.deaths else { throw FatalAnswer() }
        let begun = assistant.now()
        let reader = QuestionReader(assistant: assistant, settings: settings, texts: texts, logger: context.logger)
        let question = try await reader.read(turn.messages, after: state)
        var written = WrittenAnswer(asked: String(question.text.prefix(20_000)))
        if let transcript = question.transcript, transcript.utf8.count < JobContext.maximumStepBytes / 2 {
            written.transcript = transcript
            return written
        }
        let citations = Citations(question.spoken, in: assistant.knowledge)
        written.sources = citations.names
        if !assistant.models.answersOpenQuestions, !citations.passages.isEmpty {
            written.text = citations.quotes(texts)
            written.model = assistant.models.name
            return written
        }
        try await assistant.usage.admit(account)
        let model = model(state)
        let loop = ToolLoop(tools: assistant.tools, context: context) { request in
            try await complete(request, by: model, into: growing, on: presenter)
        }
        var resumed: PendingCalls?
        if let task = arguments.resumes {
            resumed = try await assistant.records.pending(of: task, inApp: arguments.target.appID)
        }
        let ending = try await loop.run(
            request(question, citations, state, texts),
            resuming: resumed,
            isApproved: arguments.isApproved ?? false
        )
        let (finish, usage) =
            switch ending {
            case .answered(_, let finish, let usage), .pending(_, let finish, let usage): (finish, usage)
            }
        switch ending {
        case .answered(let text, _, _): written.text = text
        case .pending(let pending, _, _): written.pending = pending
        }
        written.model = finish.model
        written.reason = finish.reason.rawValue
        written.seconds = Double(assistant.now() - begun) / 1_000
        try await assistant.usage.record(
            usage,
            of: finish.configuredModel,
            for: account,
            key: "\(context.taskID)"
        )
        return written
    }

    private var account: UsageAccount {
        UsageAccount(appID: arguments.target.appID, userID: arguments.senderID, chatID: arguments.target.chatID)
    }

    private func model(_ state: ConversationState) -> ModelPool {
        (state.model ?? settings.model).flatMap { assistant.models.model(named: $0) } ?? assistant.models
    }

    /// Asks the model; what it says is shown meanwhile.
    private func complete(
        _ request: ChatRequest,
        by model: ModelPool,
        into growing: GrowingText,
        on presenter: AnswerPresenter
    ) async throws -> ChatCompletion {
        try await withThrowingTaskGroup(of: ChatCompletion?.self) { group in
            group.addTask {
                await presenter.follow(growing)
                return nil
            }
            group.addTask {
                var text = ""
                do {
                    return try await completion(of: request, by: model, into: growing, text: &text)
                } catch {
                    if !text.isEmpty { await enter(cut: text, of: request, by: model) }
                    throw error
                }
            }
            while let ended = try await group.next() {
                guard let ended else { continue }
                group.cancelAll()
                return ended
            }
            throw LanguageModelError(code: .truncated, model: model.name)
        }
    }

    /// Reads the model's answer to its end; `text` is what it has said, also where that does not come.
    private func completion(
        of request: ChatRequest,
        by model: ModelPool,
        into growing: GrowingText,
        text: inout String
    ) async throws -> ChatCompletion {
        var calls: [ToolCall] = []
        if !growing.text.isEmpty { growing.append("\n\n") }
        var events = try await model.stream(request).makeAsyncIterator()
        while let event = try await events.next(isolation: #isolation) {
            switch event {
            case .text(let piece):
                text += piece
                growing.append(piece)
            case .toolCalls(let wanted): calls += wanted
            case .finished(let finish): return ChatCompletion(text: text, toolCalls: calls, finish: finish)
            }
        }
        throw LanguageModelError(code: .truncated, model: model.name)
    }

    /// Enters by estimate what an answer has cost that was cut off, by a stop for instance: else budgets could be evaded.
    ///
    /// Which model of several spoke is not known then; it is the first, as a rule.
    private func enter(cut text: String, of request: ChatRequest, by model: ModelPool) async {
        let usage = ChatUsage(
            promptTokens: TokenEstimate.tokens(in: request),
            completionTokens: TokenEstimate.tokens(in: text)
        )
        // The attempt may be cancelled. Another one is entered beside it.
        await Task {
            do {
                try await assistant.usage.record(
                    usage,
                    of: model.name,
                    for: account,
                    key: "\(context.taskID):cut:\(context.attempt)"
                )
            } catch {
                context.logger.warning("usage of a cut answer was not entered", metadata: ["error": "\(error)"])
            }
        }.value
    }

    private func request(
        _ question: Question,
        _ citations: Citations,
        _ state: ConversationState,
        _ texts: AssistantTexts
    ) -> ChatRequest {
        let prompt = [settings.prompt ?? texts.systemPrompt, texts.materialNote].joined(separator: "\n\n")
        var messages = [ChatMessage.system(prompt)]
        messages += HistoryWindow(maximumTokens: settings.historyTokens).messages(of: state, texts)
        if let passages = citations.message(texts) { messages.append(passages) }
        messages.append(question.message)
        return ChatRequest(
            messages: messages,
            maximumTokens: settings.maximumTokens,
            temperature: settings.temperature
        )
    }
}
