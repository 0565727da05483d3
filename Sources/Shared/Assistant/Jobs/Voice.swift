import Feishu
import JobQueue
import LanguageModel
import Logging

/// How jobs speak: an answer once, or, when they fail for good, one short word of it.
struct Voice: Sendable {
    let assistant: AssistantParts

    private var chat: any Chat { assistant.chat }

    /// Makes a reply, in the language of what the person wrote, and sends it. An error is thrown on; if no try follows,
    /// the person is told first.
    ///
    /// A message that is gone, with its chat, needs no answer: that is a success.
    func reply(
        to target: ReplyTarget,
        whoWrote text: String,
        in context: JobContext,
        _ make: (AssistantTexts) async throws -> Reply
    ) async throws {
        let texts = assistant.texts(for: text)
        do {
            try await chat.reply(try await make(texts), to: target, key: "\(context.taskID)/answer")
        } catch let error as FeishuError where error.kind == .gone {
            context.logger.info("the message to answer is gone", metadata: ["error": "\(error)"])
        } catch {
            guard !Task.isCancelled, !(error is FeishuError), !(error is UnknownApp), context.isFinal(error) else {
                throw error
            }
            await apologise(for: error, to: target, texts, in: context)
            throw error
        }
    }

    private func apologise(
        for error: any Error,
        to target: ReplyTarget,
        _ texts: AssistantTexts,
        in context: JobContext
    ) async {
        let text = texts.failure(error, reference: context.taskID.rawValue)
        do {
            try await chat.reply(.text(text), to: target, key: "\(context.taskID)/failure")
        } catch {
            context.logger.error("could not tell of a failure", metadata: ["error": "\(error)"])
        }
    }
}
