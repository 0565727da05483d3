import Feishu
import JobQueue

/// Asks for a recording and its transcript, and waits while Feishu makes them: the task is put off, which spends no attempt.
struct RecordingReader {
    let assistant: AssistantParts
    let context: JobContext
    let appID: String
    /// Tells that it will take a while, once however often this runs.
    var tell: (() async throws -> Void)?

    /// What is known of a recording.
    ///
    /// - Throws: `RecordingAwaited`, `TranscriptAbsence`, errors of the platform and of the journal.
    func minute(_ token: String) async throws -> FeishuMinute {
        try await waiting { try await assistant.workplace.minute(token, ofApp: appID) }
    }

    /// What was said in it.
    ///
    /// - Throws: As ``minute(_:)`` does.
    func transcript(ofMinute token: String) async throws -> String {
        let transcript = try await waiting { try await assistant.workplace.transcript(ofMinute: token, ofApp: appID) }
        guard !transcript.isEmpty else { throw try await consequence(of: .withoutTranscript) }
        return transcript.text
    }

    /// What the minutes of a meeting are called by.
    ///
    /// - Throws: As ``minute(_:)`` does.
    func token(ofMeeting id: String) async throws -> String {
        let recording = try await waiting { try await assistant.workplace.recording(ofMeeting: id, ofApp: appID) }
        guard let token = recording.minuteToken else { throw TranscriptAbsence.obstacle(.unknown) }
        return token
    }

    private func waiting<Value>(_ ask: () async throws -> Value) async throws -> Value {
        do {
            return try await ask()
        } catch let error as FeishuError {
            guard let obstacle = error.minutesObstacle else { throw error }
            throw try await consequence(of: obstacle)
        }
    }

    /// What follows from an obstacle: another look later, or the end.
    private func consequence(of obstacle: MinutesObstacle) async throws -> any Error {
        guard let bound = assistant.patience.bound(for: obstacle) else { return TranscriptAbsence.obstacle(obstacle) }
        // What is being made may turn out not to be there, and each has its time.
        let since = try await context.step(obstacle.passes ? "waits" : "doubts") { assistant.now() }
        let waited = Duration.milliseconds(max(0, assistant.now() - since))
        guard waited < bound else {
            return obstacle.passes ? TranscriptAbsence.overdue : TranscriptAbsence.obstacle(obstacle)
        }
        if obstacle.passes { try await tell?() }
        return RecordingAwaited(delay: assistant.patience.delay(afterWaiting: waited))
    }
}

/// A recording is still being made: the same task looks again later.
struct RecordingAwaited: RetryAdvising, CustomStringConvertible {
    let delay: Duration

    var retryAdvice: RetryAdvice { .putOff(delay) }
    var description: String { "a recording is not ready" }
}
