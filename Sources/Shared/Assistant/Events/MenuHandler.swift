import Feishu
import JobQueue
import Logging

/// Obeys an item of the bot's menu: one whose key is a command's word, such as `new` or `status`, is that command.
struct MenuHandler {
    let assistant: AssistantParts
    let context: JobContext

    func handle(_ click: MenuClicked, ofApp appID: String) async throws {
        guard let openID = click.user.openID, let command = Command("/" + click.key) else {
            context.logger.debug("a menu item that is no command")
            return
        }
        let chatID = try await assistant.messages.directChat(of: openID, inApp: appID)
        let request = CommandRunner.Request(
            command: command,
            text: "",
            conversation: Conversation(appID: appID, chatID: chatID ?? openID),
            askedAt: click.at ?? assistant.now(),
            account: UsageAccount(appID: appID, userID: openID, chatID: chatID)
        )
        let answer = try await CommandRunner(assistant: assistant, context: context).answer(to: request)
        try await assistant.chat.say(answer, to: .user(openID), ofApp: appID, key: "\(context.taskID)/menu")
    }
}
