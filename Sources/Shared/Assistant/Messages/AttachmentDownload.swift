import Documents
import Feishu
import JobQueue
import Logging

extension AssistantParts {
    /// What came with a message, as bytes.
    ///
    /// - Throws: `DocumentError.tooLarge`, `UnfetchedAttachment` where Feishu does not give it out, or a `FeishuError`
    ///   after which it may, or where the message is gone.
    func download(
        _ attachment: MessageAttachment,
        of messageID: String,
        inApp appID: String,
        logger: Logger
    ) async throws -> [UInt8] {
        do {
            return try await chat.download(
                attachment.key,
                of: messageID,
                isImage: attachment.kind == .image,
                inApp: appID
            )
        } catch let error as FeishuError where error.reason == .tooLarge {
            throw DocumentError.tooLarge
        } catch let error as FeishuError
            where !error.isRetryable && ![.gone, .cancelled, .credentials, .denied].contains(error.kind)
        {
            logger.warning("what came with a message cannot be had", metadata: ["error": "\(error)"])
            throw UnfetchedAttachment()
        }
    }
}

/// Feishu does not give out what somebody sent, and will not later.
struct UnfetchedAttachment: RetryAdvising, Told, CustomStringConvertible {
    var retryAdvice: RetryAdvice { .never }
    var description: String { "Feishu does not give out what came with a message" }
}
