import MeetingMinutes

/// Where one sees or hears what was said: in the recording, else in the document that holds the transcript.
struct MinutesMoments: Sendable {
    let transcript: Transcript
    let recording: String?
    let document: MinutesPage?

    /// The address of the moment of an utterance; nil where nothing shows it.
    func url(of number: Int) -> String? {
        // Feishu's minutes begin to play at `t`, in milliseconds.
        if let recording, let start = transcript[number]?.start { return "\(recording)?t=\(start * 1_000)" }
        return document?.url(of: number) ?? document?.url
    }
}
