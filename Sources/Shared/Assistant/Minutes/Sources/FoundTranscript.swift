import Feishu
import JobQueue
import MeetingMinutes
import TimeZones

/// A transcript, with what is known of its meeting.
struct FoundTranscript {
    /// What is wanted, with what was learnt on the way.
    let request: MinutesRequest
    let text: String

    /// - Throws: `TranscriptAbsence` for one that is too long, or in which nothing is said.
    init(_ text: String, for request: MinutesRequest, orElse absence: TranscriptAbsence = .silent)
        throws(TranscriptAbsence)
    {
        guard text.utf8.count <= FeishuClient.maximumTranscriptBytes else { throw .tooLong }
        guard !TranscriptParser().parse(text).utterances.isEmpty else { throw absence }
        self.request = request
        self.text = text
    }
}

extension MinutesRequest {
    /// With what Feishu knows of a recording.
    ///
    /// - Parameters:
    ///   - minute: What it knows.
    ///   - url: Its address, for where Feishu names none.
    ///   - zone: In which the meeting had its day.
    /// - Returns: This request, completed.
    func completed(by minute: FeishuMinute, at url: String?, in zone: TimeZoneRules) -> MinutesRequest {
        var request = self
        request.title = minute.title ?? title
        request.day = minute.createdAt.map { zone.civil(at: $0).at(hour: 0, minute: 0) } ?? day
        // Only an address of minutes: it is shown as a link.
        request.recording = minute.url.flatMap(MinutesLink.init(url:))?.url ?? url
        return request
    }
}
