import Feishu
import JSON
import JobQueue
import Logging

/// Obeys a button of an answer's card. The gateway has answered the click with a toast by then.
///
/// Which conversation and message a button is about is looked up by its task: what comes with the click names no more.
struct CardActionHandler {
    let assistant: AssistantParts
    let context: JobContext

    /// A click.
    struct Click {
        let appID: String
        let action: String
        /// The task that the button names.
        let task: String
        /// Open id of who clicked.
        let userID: String?
        /// When: milliseconds since 1970.
        let at: Int64
    }

    func handle(_ click: Click) async throws {
        guard let action = AnswerCard.Action(rawValue: click.action) else {
            context.logger.debug("a button of no answer")
            return
        }
        guard let record = try await assistant.records.record(of: click.task, inApp: click.appID) else {
            context.logger.info("a button of an answer that is forgotten", metadata: ["answer": "\(click.task)"])
            return
        }
        switch action {
        case .stop:
            let state = try await assistant.conversations.state(of: record.arguments.place)
            let texts = assistant.texts(for: record.arguments.text, chosen: state.language)
            _ = try await CommandRunner(assistant: assistant, context: context)
                .stop(record.arguments.place, at: click.at, texts)
        case .regenerate: try await regenerate(record)
        case .useful, .useless:
            try await assistant.feedback.keep(
                Feedback(
                    appID: click.appID,
                    task: click.task,
                    userID: click.userID ?? "",
                    isUseful: action == .useful,
                    at: click.at
                )
            )
        }
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
}

extension CardActionHandler.Click {
    /// Nil where it names no action and no task: a button of somebody else's card.
    init?(_ envelope: JSONValue, _ appID: String, _ now: Int64) {
        let event = envelope["event"]
        guard let value = event?["action"]?["value"], let action = value["action"]?.string,
            let task = value["task"]?.string
        else { return nil }
        self.init(
            appID: appID,
            action: action,
            task: task,
            userID: event?["operator"]?["open_id"]?.string,
            at: now
        )
    }
}
