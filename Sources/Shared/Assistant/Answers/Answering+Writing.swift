import JSON
import JobQueue
import Knowledge
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
        let citations = await citations(for: question.spoken)
        written.sources = citations.names
        if !assistant.models.answersOpenQuestions, !citations.passages.isEmpty {
            written.text = citations.quotes(texts)
            written.model = assistant.models.name
            return written
        }
        let model = model(state)
        // With words the model answers those, and is told that there is an image that it cannot see.
        if !question.images.isEmpty, question.isNothingElse, !model.readsImages { throw UnseenImage() }
        try await assistant.usage.admit(account)
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

    /// What is found for a question, in the folder that all may read and in the files that this chat keeps.
    private func citations(for question: String) async -> Citations {
        var own: [Passage] = []
        do {
            let shelf = Shelf(appID: arguments.target.appID, chatID: arguments.place.chatID)
            own = try await assistant.shelves.search(question, on: shelf, limit: Citations.limit)
        } catch {
            // An answer without them is better than none.
            context.logger.warning("cannot look into a chat's files", metadata: ["error": "\(error)"])
        }
        return Citations(question, in: assistant.knowledge, and: own)
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
            while let ended = try await group.next() {
                guard let ended else { continue }
                group.cancelAll()
                return ended
            }
            throw LanguageModelError(code: .truncated, model: model.name)
        }
    }

    private func request(
        _ question: Question,
        _ citations: Citations,
        _ state: ConversationState,
        _ texts: AssistantTexts
    ) -> ChatRequest {
        var prompt = [settings.prompt ?? texts.systemPrompt, texts.materialNote]
        if citations.material != nil { prompt.append(texts.citationNote) }
        var messages = [ChatMessage.system(prompt.joined(separator: "\n\n"))]
        messages += HistoryWindow(maximumTokens: settings.historyTokens).messages(of: state, texts)
        messages.append(question.message(after: citations.material))
        return ChatRequest(
            messages: messages,
            maximumTokens: settings.maximumTokens,
            temperature: settings.temperature
        )
    }
}
