import Feishu
import JSON
import JobQueue
import Logging
import MeetingMinutes

/// Obeys a button of minutes. The gateway has answered the click with a toast by then.
///
/// Everybody who sees the card may confirm what is on it. Which minutes it shows is looked up among those of the app that
/// the click came to: what comes with the click names no more.
struct MinutesActionHandler {
    let assistant: AssistantParts
    let context: JobContext

    /// - Throws: Errors of the store, the queue and the chat, after which it may be run again.
    func handle(_ action: MinutesCard.Action, _ click: CardAction, ofApp appID: String) async throws {
        guard let task = click.value["minutes"]?.string,
            let minutes = try await assistant.minutes.minutes(of: MinutesID(appID: appID, task: task))
        else {
            context.logger.info("a button of minutes that are forgotten")
            return
        }
        let id = MinutesID(appID: appID, task: task)
        let confirmation = MinutesConfirmation(click, task: context.taskID)
        switch action {
        case .task:
            guard let item = click.value["item"]?.integer.flatMap({ Int(exactly: $0) }),
                minutes.actions.indices.contains(item)
            else {
                context.logger.info("a button of no action item", metadata: ["minutes": "\(task)"])
                return
            }
            try await make([item], of: id, confirmation)
        case .allTasks:
            let made = try await assistant.minutes.tasks(of: id)
            try await make(minutes.actions.indices.filter { made[$0] == nil }, of: id, confirmation)
        case .markdown:
            guard let file = try await MinutesFile(id, assistant) else { return }
            try await confirmation.answer(file.reply, ofApp: appID, key: "markdown", in: assistant.chat)
        }
    }

    /// A task of the queue for each, one at a time however often it is asked for.
    private func make(_ items: [Int], of id: MinutesID, _ confirmation: MinutesConfirmation) async throws {
        for item in items {
            let key = "\(MinutesTaskJob.name):\(id.appID):\(id.task):\(item)"
            try await context.enqueue(
                MinutesTaskJob.self,
                .init(minutes: id, item: item, confirmation: confirmation),
                options: EnqueueOptions(uniqueness: Uniqueness(key: key, until: .ended), taskID: .derived(from: key))
            )
        }
    }
}
