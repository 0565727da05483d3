package import MeetingMinutes

/// What is kept of minutes that a question can be answered from.
package struct KeptMinutes: Sendable {
    package let id: MinutesID
    package let request: MinutesRequest
    /// The text of the transcript.
    package let transcript: String
    /// What it came to; nil while they are being made.
    package let minutes: Minutes?
    package let document: MinutesPage?

    package init(
        id: MinutesID,
        request: MinutesRequest,
        transcript: String,
        minutes: Minutes?,
        document: MinutesPage?
    ) {
        self.id = id
        self.request = request
        self.transcript = transcript
        self.minutes = minutes
        self.document = document
    }
}
