import Feishu
import JobQueue
import LanguageModel
import Logging

/// One attempt to answer: from the messages of a turn to the answer on its card.
///
/// Most of its time it waits for a model, in thousands of answers at once, and a task keeps what every function on the
/// way to where it waits holds. So what comes before and after the waiting is done by functions of its own, and what
/// they hand on are objects.
final class Answering: Sendable {
    let assistant: AssistantParts
    let arguments: AnswerJob.Arguments
    let context: JobContext
    let settings: AssistantSettings

    init(assistant: AssistantParts, arguments: AnswerJob.Arguments, context: JobContext) {
        self.assistant = assistant
        self.arguments = arguments
        self.context = context
        settings = assistant.profiles.settings(for: arguments.place)
    }

    /// The step that the model is paid for.
    static let completion = "completion"

    /// What is answered, and how.
    final class Assignment: Sendable {
        let turn: Turn
        let state: ConversationState
        let texts: AssistantTexts
        let presenter: AnswerPresenter

        init(_ turn: Turn, _ state: ConversationState, _ texts: AssistantTexts, on presenter: AnswerPresenter) {
            self.turn = turn
            self.state = state
            self.texts = texts
            self.presenter = presenter
        }
    }

    /// A message that is gone, with its chat, needs no answer: that is a success.
    func run() async throws {
        guard let assignment = try await apart({ try await self.begin() }) else { return }
        var ended = assignment.turn
        do {
            // Whoever goes on with it takes its sign off.
            if try await answer(assignment) == .handedOver {
                for message in ended.messages {
                    await assistant.sign.keep(on: message.target, leaving: arguments.place)
                }
                ended.messages = []
            }
        } catch let error as FeishuError where error.kind == .gone {
            context.logger.info("the message to answer is gone", metadata: ["error": "\(error)"])
        } catch {
            // Another attempt goes on; after the last one nobody is on it any more.
            if !Task.isCancelled, context.isFinal(error) { await removeSigns(of: assignment.turn) }
            throw error
        }
        await removeSigns(of: ended)
    }

    /// Nil where there is nothing left to answer.
    private func begin() async throws -> Assignment? {
        let state = try await assistant.conversations.state(of: arguments.place)
        let turn = try await turn(after: state.stoppedAt)
        guard let last = turn.messages.last else {
            await removeSigns(of: turn)
            return nil
        }
        let texts = assistant.texts(for: last.text, chosen: state.language)
        let presenter = try await assistant.presenter(
            of: last,
            task: context.taskID.rawValue,
            texts,
            logger: context.logger
        )
        return Assignment(turn, state, texts, on: presenter)
    }

    /// Who has the last word on a turn.
    private enum Ending {
        case answered
        /// Another task, which the messages go on in.
        case handedOver
    }

    /// Takes the emoji off the messages of the turn, and off those that were dropped meanwhile without one.
    private func removeSigns(of turn: Turn) async {
        let messages = turn.messages + turn.dropped
        for message in messages { await assistant.sign.remove(from: message.target, in: arguments.place) }
        guard settings.whileBusy != .queue else { return }
        let appID = arguments.target.appID
        let asked = messages.compactMap(\.askedAt).max() ?? assistant.now()
        // One that superseded this answer is about to be answered; where messages are dropped nobody waits.
        let time = settings.whileBusy == .drop ? assistant.now() : asked
        await assistant.sign.removeAll(in: arguments.place, ofApp: appID, until: time)
    }

    private func answer(_ assignment: Assignment) async throws -> Ending {
        let growing = GrowingText()
        do {
            let written = try await context.step(Self.completion) { try await write(assignment, into: growing) }
            return try await present(written, assignment)
        } catch let error as FeishuError where !context.isRevoked {
            throw error
        } catch {
            try await tell(of: error, growing, assignment)
            return .answered
        }
    }

    private func present(_ written: WrittenAnswer, _ assignment: Assignment) async throws -> Ending {
        let (turn, texts, presenter) = (assignment.turn, assignment.texts, assignment.presenter)
        if let file = written.minutesOf {
            try await handOver(file, turn)
            return .handedOver
        }
        if let pending = written.pending {
            try await askFirst(pending, written, texts, on: presenter)
            return .answered
        }
        let text = try spoken(written, texts)
        let sources = Citations.list(of: written.sources, and: written.moments ?? [], citedIn: written.text, texts)
        try await presenter.finish(
            text,
            sources: sources,
            footer: footer(turn, written, texts),
            offers: [.regenerate, .useful, .useless],
            isLastTry: context.retriesLeft == 0
        )
        try await remember(turn, written, answer: text + sources, assignment.state)
        return .answered
    }

    /// Tells the reader where the answer ends here. Throws `error`, unless that says all.
    private func tell(of error: any Error, _ growing: GrowingText, _ assignment: Assignment) async throws {
        let (turn, presenter) = (assignment.turn, assignment.presenter)
        guard let footer = ending(after: error, assignment.texts) else { throw error }
        let partial = growing.text
        // A card of an attempt that died shows a part of an answer: it is tried again to tell it there, since a message
        // in its place would leave that part standing.
        let isLastTry = !(error is FatalAnswer) || context.retriesLeft == 0
        // The attempt may be cancelled, and the reader is told all the same.
        try await Task {
            // Nobody waits for an answer to a message that was taken back, and it cannot be asked for again.
            let isGone = context.isRevoked ? try await isRecalled(arguments) : false
            if isGone, await !presenter.isShown { return }
            try await presenter.finish(
                partial,
                footer: footer,
                offers: isGone ? [] : [.regenerate],
                isLastTry: isLastTry
            )
            if context.isRevoked, !partial.isEmpty {
                try await remember(turn, nil, answer: partial, assignment.state)
            }
        }.value
        if !context.isRevoked, !(error is any Told) { throw error }
    }

    /// Asks the person about calls of tools. Their click goes on with it (`CardActionHandler`).
    private func askFirst(
        _ pending: PendingCalls,
        _ written: WrittenAnswer,
        _ texts: AssistantTexts,
        on presenter: AnswerPresenter
    ) async throws {
        let task = context.taskID.rawValue
        try await assistant.records.keepPending(pending, of: task, inApp: arguments.target.appID)
        try await presenter.finish(
            pending.question(texts),
            footer: texts.waitsForApproval,
            offers: [.approve, .deny],
            isLastTry: context.retriesLeft == 0
        )
    }

    /// A file that is a conversation becomes minutes, in the queue for long work.
    private func handOver(_ file: SentFile, _ turn: Turn) async throws {
        guard let message = turn.messages.last else { return }
        let key = MinutesJob.key(for: message.target.messageID, inApp: message.target.appID)
        try await context.enqueue(
            MinutesJob.self,
            .init(
                target: message.target,
                transcript: message.text,
                senderID: message.senderID,
                isGroup: message.isGroup ?? false,
                source: .file(sent: file)
            ),
            options: EnqueueOptions(
                deduplicationKey: key,
                orderingKey: OrderingKey("\(MinutesJob.name):\(message.place.key)"),
                taskID: MinutesJob.taskID(for: message.target.messageID, inApp: message.target.appID)
            )
        )
    }

    /// What the reader is told where the answer ends here; nil where another attempt follows.
    private func ending(after error: any Error, _ texts: AssistantTexts) -> String? {
        if context.isRevoked { return texts.stopped }
        guard !Task.isCancelled, context.isFinal(error) else { return nil }
        return texts.failure(error, reference: context.taskID.rawValue)
    }

    private func spoken(_ answer: WrittenAnswer, _ texts: AssistantTexts) throws(LanguageModelError) -> String {
        guard answer.text.contains(where: { !$0.isWhitespace }) else {
            let isFiltered = answer.reason == ChatFinish.Reason.contentFilter.rawValue
            throw LanguageModelError(code: isFiltered ? .refused : .badResponse, model: answer.model)
        }
        let isCut = answer.reason == ChatFinish.Reason.length.rawValue
        return isCut ? answer.text + "\n\n" + texts.answerWasCut : answer.text
    }

    private func footer(_ turn: Turn, _ answer: WrittenAnswer, _ texts: AssistantTexts) -> String {
        var parts = [texts.source(model: answer.model, seconds: answer.seconds)]
        if let askedAt = turn.messages.last?.askedAt, !arguments.isContinued {
            let late = assistant.now() - askedAt - Int64(answer.seconds * 1_000)
            if late > settings.late.milliseconds { parts.append(texts.late(minutes: Int(late / 60_000))) }
        }
        return parts.joined(separator: " · ")
    }

    private func isRecalled(_ message: AnswerJob.Arguments) async throws -> Bool {
        try await assistant.messages.isRecalled(message.target.messageID, inApp: message.target.appID)
    }

    /// `written` is nil where the answer was stopped.
    private func remember(
        _ turn: Turn,
        _ written: WrittenAnswer?,
        answer: String,
        _ state: ConversationState
    ) async throws {
        let task = context.taskID.rawValue
        let last = turn.messages.count - 1
        var turns: [ConversationTurn] = []
        // Who takes a message back later must find where it was said; one that was taken back before is not remembered.
        var taken = 0
        for message in turn.messages {
            let own = AnswerJob.taskID(for: message.target.messageID, inApp: message.target.appID).rawValue
            if own != task { try await assistant.records.keep(message, of: own) }
        }
        for (index, message) in turn.messages.enumerated() {
            guard try await !isRecalled(message) else {
                taken += 1
                continue
            }
            // What came with the messages is remembered with the last of them, its speakers named in it.
            let material = index == last && taken == 0 && message.attachments != nil ? written?.asked : nil
            turns.append(
                ConversationTurn(
                    speaker: .user,
                    name: material == nil ? try await assistant.speaker(of: message) : nil,
                    text: material ?? message.text,
                    messageID: message.target.messageID,
                    task: task,
                    at: message.askedAt ?? assistant.now()
                )
            )
        }
        guard !turns.isEmpty else { return }
        turns.append(
            ConversationTurn(speaker: .assistant, text: answer, messageID: nil, task: task, at: assistant.now())
        )
        let conversation = arguments.place
        if arguments.isContinued {
            try await assistant.conversations.forget(messageID: arguments.target.messageID, in: conversation)
        }
        try await assistant.conversations.add(turns, by: task, session: state.session, to: conversation)
        let all = state.turns + turns
        guard HistoryWindow(maximumTokens: settings.historyTokens).count(of: all) < all.count else { return }
        try await context.enqueue(
            SummariseJob.self,
            .init(conversation: conversation),
            options: EnqueueOptions(uniqueness: .init(key: "\(SummariseJob.name):\(conversation.key)", until: .ended))
        )
    }
}
