import JobQueue
import LanguageModel

/// Recordings that people send: what is said in them becomes text, once for a task.
struct SpokenRecording {
    let assistant: AssistantParts
    let context: JobContext
    let account: UsageAccount

    /// What is said in something that came with a message, a sentence a line, since nobody tells who speaks.
    ///
    /// It is paid for, and so done once however often the task runs.
    ///
    /// - Throws: `TranscriptAbsence`; `BudgetExceeded`, `LanguageModelError`, and what a download throws.
    func text(of sent: SentFile) async throws -> String {
        guard let transcription = assistant.transcription else { throw TranscriptAbsence.unheard }
        let text = try await context.step("speech") {
            try await assistant.usage.admit(account)
            let bytes = try await assistant.download(
                sent.attachment,
                of: sent.messageID,
                inApp: account.appID,
                logger: context.logger
            )
            return try await transcription.text(of: bytes, fileName: sent.attachment.soundName)
        }
        guard !text.isEmpty else { throw TranscriptAbsence.silent }
        return SentenceSplitter().sentences(in: text).joined(separator: "\n")
    }
}

extension MessageAttachment {
    /// What an endpoint tells the format by; Feishu's voice messages are Opus, and its videos MP4.
    fileprivate var soundName: String {
        switch kind {
        case .audio: "voice.opus"
        case .video: "video.mp4"
        case .file, .image, .forward: name ?? "recording"
        }
    }

    /// Whether it is to be listened to.
    var isRecording: Bool {
        switch kind {
        case .audio, .video: true
        case .image, .forward: false
        case .file: Self.sounds.contains(name?.split(separator: ".").last?.lowercased() ?? "")
        }
    }

    /// What names of files with sound end with.
    private static let sounds: Set = [
        "mp3", "mp4", "m4a", "wav", "opus", "ogg", "oga", "mpga", "mpeg", "webm", "flac", "aac",
    ]
}
