import Feishu
import JSON
import JobQueue
import Logging

/// Obeys a button of a card: of an answer, or of minutes. The gateway has answered the click with a toast by then.
///
/// Which conversation and message a button is about is looked up by its task: what comes with the click names no more.
struct CardActionHandler {
    let assistant: AssistantParts
    let context: JobContext

    func handle(_ click: CardAction, ofApp appID: String) async throws {
        if let action = click.action.flatMap({ MinutesCard.Action(rawValue: $0) }) {
            return try await MinutesActionHandler(assistant: assistant, context: context)
                .handle(action, click, ofApp: appID)
        }
        guard let action = click.action.flatMap({ AnswerCard.Action(rawValue: $0) }),
            let task = click.value["task"]?.string
        else {
            context.logger.debug("a button of no answer")
            return
        }
        if action == .approve || action == .deny,
            try await decide(onSkillOf: task, isApproved: action == .approve, click, ofApp: appID)
        {
            return
        }
        guard let record = try await assistant.records.record(of: task, inApp: appID) else {
            context.logger.info("a button of an answer that is forgotten", metadata: ["answer": "\(task)"])
            return
        }
        switch action {
        case .stop: try await stop(record)
        case .regenerate: try await regenerate(record)
        case .approve, .deny:
            // It was asked of one person, and nobody else may decide.
            guard let asker = record.arguments.senderID, asker == click.user.openID else {
                context.logger.info("somebody else decides on a tool")
                return
            }
            try await resume(record, task: task, isApproved: action == .approve)
        case .useful, .useless:
            try await assistant.feedback.keep(
                Feedback(
                    appID: appID,
                    task: task,
                    userID: click.user.openID ?? click.user.userID ?? "",
                    isUseful: action == .useful,
                    at: click.at ?? assistant.now()
                )
            )
        }
    }

    /// Ends the answer, whose card says so, and tells of what waited and is dropped.
    private func stop(_ record: AnswerRecord) async throws {
        let conversation = record.arguments.place
        let stopped = try await CommandRunner(assistant: assistant, context: context)
            .stop(conversation, at: assistant.now())
        guard stopped.dropped > 0 else { return }
        let state = try await assistant.conversations.state(of: conversation)
        let texts = assistant.texts(for: record.arguments.text, chosen: state.language)
        try await assistant.chat.reply(
            .markdown(texts.stopResult(stopped)),
            to: record.arguments.target,
            key: "\(context.taskID)/stopped"
        )
    }

    /// Another answer to the same message, once for each click.
    private func regenerate(_ record: AnswerRecord) async throws {
        var arguments = record.arguments
        arguments.isAgain = true
        let key = "\(AnswerJob.name):again:\(context.taskID)"
        try await context.enqueue(
            AnswerJob.self,
            arguments,
            options: EnqueueOptions(
                deduplicationKey: key,
                orderingKey: OrderingKey(answering: arguments.place),
                limits: [AnswerCapacity.limit: 1],
                taskID: .derived(from: key)
            )
        )
    }

    /// Goes on with an answer that waits for the person's word. The first word counts.
    private func resume(_ record: AnswerRecord, task: String, isApproved: Bool) async throws {
        var arguments = record.arguments
        arguments.resumes = task
        arguments.isApproved = isApproved
        let key = "\(AnswerJob.name):resumed:\(task)"
        let isFirst = try await context.step("resume") { [arguments] in
            let receipt = try await context.enqueue(
                AnswerJob.self,
                arguments,
                options: EnqueueOptions(
                    deduplicationKey: key,
                    orderingKey: OrderingKey(answering: arguments.place),
                    limits: [AnswerCapacity.limit: 1],
                    taskID: .derived(from: key)
                )
            )
            return !receipt.isDuplicate
        }
        if isFirst { try await showDecision(record, task: task, isApproved: isApproved) }
    }

    /// The card asks no more, and says what was decided.
    private func showDecision(_ record: AnswerRecord, task: String, isApproved: Bool) async throws {
        let appID = record.arguments.target.appID
        guard let pending = try await assistant.records.pending(of: task, inApp: appID) else { return }
        let state = try await assistant.conversations.state(of: record.arguments.place)
        let texts = assistant.texts(for: record.arguments.text, chosen: state.language)
        let card = AnswerCard(texts: texts, task: task)
            .finished(pending.question(texts), footer: texts.decided(isApproved), offers: [])
        do {
            if var progress = record.progress {
                let sequence = progress.next(at: assistant.now())
                let operation = CardOperation(appID: appID, cardID: progress.cardID, sequence: sequence)
                try await assistant.chat.replace(operation, with: card)
            } else if let message = record.messageID {
                try await assistant.chat.replaceCard(in: message, with: card, ofApp: appID)
            }
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            // The decision counts all the same.
            context.logger.info("a card still asks", metadata: ["error": "\(error)"])
        }
    }
}
