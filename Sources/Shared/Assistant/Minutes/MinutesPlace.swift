import Feishu
import JobQueue
import Logging
import MeetingMinutes

/// Where minutes are shown: as the answer to who asked, or in the chat that they belong to.
struct MinutesPlace {
    let assistant: AssistantParts
    let request: MinutesRequest
    let id: MinutesID

    /// Where one sees what was said, by now.
    ///
    /// - Throws: Errors of the store.
    func moments(of transcript: Transcript) async throws -> MinutesMoments {
        let document = try await assistant.minutes.document(of: id)
        return MinutesMoments(transcript: transcript, recording: request.recording, document: document)
    }

    /// Says something there, once under its key. What answers it is about these minutes.
    ///
    /// - Throws: `FeishuError`, `UnknownApp`, errors of the store.
    func show(_ reply: Reply, key: String) async throws {
        let key = "\(id.task)/\(key)"
        if let target = request.target {
            let message = try await assistant.chat.reply(reply, to: target, key: key)
            try await assistant.minutes.keepMessage(message, of: id)
        } else if let chatID = request.chatID {
            let message = try await assistant.chat.say(reply, to: .chat(chatID), ofApp: id.appID, key: key)
            try await assistant.minutes.keepMessage(message, of: id)
        }
    }

    /// Takes off the emoji that says that somebody is on it.
    func takeSignOff() async {
        guard let target = request.target else { return }
        await assistant.sign.remove(from: target)
    }

    /// Tells that there will be none. What fails is logged.
    func apologise(_ text: String, _ logger: Logger) async {
        do {
            try await show(.text(text), key: "failure")
        } catch {
            logger.error("could not tell of a failure", metadata: ["error": "\(error)"])
        }
        await takeSignOff()
    }
}
