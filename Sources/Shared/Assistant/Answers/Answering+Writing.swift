import JSON
import JobQueue
import Knowledge
import LanguageModel
import Logging
import ToolProtocol

/// How an answer is written: what came with the messages is read, and the model is asked.
extension Answering {
    /// What the model is to be asked, and what is known of its answer before.
    private final class Draft: Sendable {
        /// Without the model's part.
        let written: WrittenAnswer
        /// Nil where no model is to be asked.
        let request: ChatRequest?
        let model: ModelPool
        /// What the person has decided on; nil for nothing.
        let resumed: PendingCalls?
        /// What the model is shown of meetings; nil for nothing.
        let minutes: MinutesPassages?
        /// When reading began: milliseconds since 1970.
        let begun: Int64

        init(
            _ written: WrittenAnswer,
            _ request: ChatRequest?,
            to model: ModelPool,
            resumed: PendingCalls? = nil,
            minutes: MinutesPassages? = nil,
            begun: Int64
        ) {
            self.written = written
            self.request = request
            self.model = model
            self.resumed = resumed
            self.minutes = minutes
            self.begun = begun
        }
    }

    /// Reads what was asked, and has the model write.
    func write(_ assignment: Assignment, into growing: GrowingText) async throws -> WrittenAnswer {
        let draft = try await apart { try await self.draft(assignment) }
        guard let request = draft.request else { return draft.written }
        let loop = ToolLoop(tools: assistant.tools, plugins: settings.plugins, context: context) { request in
            try await self.complete(request, by: draft.model, into: growing, on: assignment.presenter)
        }
        let ending = try await loop.run(request, resuming: draft.resumed, isApproved: arguments.isApproved ?? false)
        return try await enter(ending, draft)
    }

    /// Reads what was asked.
    private func draft(_ assignment: Assignment) async throws -> Draft {
        guard context.crashes < FatalAnswer.deaths else { throw FatalAnswer() }
        let (state, texts) = (assignment.state, assignment.texts)
        let begun = assistant.now()
        let model = model(state)
        let reader = QuestionReader(assistant: assistant, settings: settings, texts: texts, logger: context.logger)
        let recall = MinutesRecall(assistant: assistant, logger: context.logger)
        let meetings = await recall.meetings(for: assignment.turn.messages, in: arguments.place)
        let question = try await reader.read(assignment.turn.messages, after: state, besides: meetings.cards)
        var written = WrittenAnswer(asked: String(question.text.prefix(20_000)))
        if let transcript = question.transcript {
            written.minutesOf = transcript
            return Draft(written, nil, to: model, begun: begun)
        }
        let citations = await citations(for: question.spoken)
        written.sources = citations.names
        let minutes = await recall.passages(
            for: question.spoken,
            of: meetings,
            in: arguments.place,
            after: citations.names.count,
            texts
        )
        if !assistant.models.answersOpenQuestions {
            // What answers minutes is about these alone.
            let found = meetings.asked.isEmpty && !citations.passages.isEmpty ? citations.quotes(texts) : nil
            written.text = [minutes?.quotes(texts), found].compactMap(\.self).joined(separator: "\n\n")
            written.moments = minutes?.list(citedIn: written.text)
            written.model = assistant.models.name
            if !written.text.isEmpty { return Draft(written, nil, to: model, begun: begun) }
        }
        // With words the model answers those, and is told that there is an image that it cannot see.
        if !question.images.isEmpty, question.isNothingElse, !model.readsImages { throw UnseenImage() }
        try await assistant.usage.admit(account)
        var resumed: PendingCalls?
        if let task = arguments.resumes {
            resumed = try await assistant.records.pending(of: task, inApp: arguments.target.appID)
        }
        let request = request(question, citations, minutes, state, texts)
        return Draft(written, request, to: model, resumed: resumed, minutes: minutes, begun: begun)
    }

    /// Completes what was written by how the model ended, and enters what that cost.
    private func enter(_ ending: ToolLoop.Ending, _ draft: Draft) async throws -> WrittenAnswer {
        var written = draft.written
        let (finish, usage) =
            switch ending {
            case .answered(_, let finish, let usage), .pending(_, let finish, let usage): (finish, usage)
            }
        switch ending {
        case .answered(let text, _, _):
            written.text = draft.minutes.map { CitationMarks.known(in: text, upTo: $0.last) } ?? text
            written.moments = draft.minutes?.list(citedIn: written.text)
        case .pending(let pending, _, _): written.pending = pending
        }
        written.model = finish.model
        written.reason = finish.reason.rawValue
        written.seconds = Double(assistant.now() - draft.begun) / 1_000
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

    /// Asks the model; what it says is shown meanwhile. What was cut off is entered, too.
    private func complete(
        _ request: ChatRequest,
        by model: ModelPool,
        into growing: GrowingText,
        on presenter: AnswerPresenter
    ) async throws -> ChatCompletion {
        if !growing.isEmpty { growing.append("\n\n") }
        let start = growing.bytes
        do {
            return try await listen(to: model, request, into: growing, from: start, on: presenter)
        } catch {
            if growing.bytes > start { await enter(cut: growing.text(from: start), of: request, by: model) }
            throw error
        }
    }

    /// The model's answer to its end, which is shown as it grows; `start` is where it begins in `growing`.
    private func listen(
        to model: ModelPool,
        _ request: ChatRequest,
        into growing: GrowingText,
        from start: Int,
        on presenter: AnswerPresenter
    ) async throws -> ChatCompletion {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await presenter.follow(growing) }
            var calls: [ToolCall] = []
            var events = try await apart { try await model.stream(request) }.makeAsyncIterator()
            while let event = try await events.next(isolation: #isolation) {
                switch event {
                case .text(let piece): growing.append(piece)
                case .toolCalls(let wanted): calls += wanted
                case .finished(let finish):
                    return ChatCompletion(text: growing.text(from: start), toolCalls: calls, finish: finish)
                }
            }
            throw LanguageModelError(code: .truncated, model: model.name)
        }
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
        _ minutes: MinutesPassages?,
        _ state: ConversationState,
        _ texts: AssistantTexts
    ) -> ChatRequest {
        var prompt = [settings.prompt ?? texts.systemPrompt, texts.materialNote]
        if citations.material != nil { prompt.append(texts.citationNote) }
        if let minutes { prompt.append(minutes.isSilent ? texts.silentMinutesNote : texts.minutesNote) }
        var messages = [ChatMessage.system(prompt.joined(separator: "\n\n"))]
        messages += HistoryWindow(maximumTokens: settings.historyTokens).messages(of: state, texts)
        messages.append(question.message(after: [citations.material, minutes?.material]))
        return ChatRequest(
            messages: messages,
            maximumTokens: settings.maximumTokens,
            temperature: settings.temperature
        )
    }
}
