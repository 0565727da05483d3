import Feishu
import JSON
import JobQueue
import LanguageModel
import MeetingMinutes
import TestSupport
import TimeZones

@testable import Assistant

extension AnswerFixture {
    /// A meeting was held, and a message of a chat shows its minutes, or how far they are.
    @discardableResult
    func hold(
        _ text: String,
        task: String = "t1",
        title: String? = nil,
        in chat: String = "oc_1",
        card: String = "om_card",
        recording: String? = nil,
        document: MinutesPage? = nil,
        areMade: Bool = true
    ) async throws -> MinutesID {
        let id = MinutesID(appID: "cli_1", task: task)
        let request = MinutesRequest(
            appID: "cli_1",
            target: ReplyTarget(appID: "cli_1", messageID: "om_transcript_\(task)", chatID: chat),
            chatID: chat,
            title: title,
            recording: recording
        )
        try await parts.minutes.begin(request, transcript: text, of: id)
        if areMade {
            let making = MinutesMaking(TranscriptParser().parse(text))
            try await parts.minutes.keep(making.extracted(), of: id)
        }
        if let document { try await parts.minutes.keep(document, of: id) }
        try await parts.minutes.keepMessage(card, of: id)
        return id
    }

    /// Somebody writes below another message: in its thread, or in the tree of replies to it.
    func write(_ text: String, id: String, below root: String, answering parent: String) async throws {
        let envelope = JSONValue.message(text: text, id: id)
        guard case .object(var event)? = envelope["event"], case .object(var message)? = event["message"] else {
            return
        }
        message["root_id"] = .string(root)
        message["parent_id"] = .string(parent)
        message["create_time"] = "1749700000000"
        event["message"] = .object(message)
        try await raise("im.message.receive_v1", .object(event))
    }

    /// What was answered to a message, once it was.
    func answer(to messageID: String) async throws -> String {
        try await eventually("the answer to \(messageID)") { said(to: messageID)?.answer != nil }
        return said(to: messageID)?.answer ?? ""
    }
}

extension ChatRequest {
    /// What the model is asked.
    var question: String { messages.last?.content ?? "" }
    /// What it is told to be and to do.
    var rules: String { messages.first?.content ?? "" }

    /// The number of the line of material with these words; 0 where there is none.
    func number(of words: String) -> Int {
        let line = question.split(separator: "\n").first { $0.hasPrefix("[") && $0.contains(words) } ?? ""
        return Int(line.dropFirst().prefix { $0 != "]" }) ?? 0
    }
}
