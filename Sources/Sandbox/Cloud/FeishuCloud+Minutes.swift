import JSON

/// Minutes of meetings, as apps read them.
///
/// Source: interface specification, section 5.8.
extension FeishuCloud {
    func minute(_ token: String, idType: String) throws(APIError) -> JSONValue {
        let meeting = try readable(token)
        return [
            "minute": [
                "token": .string(meeting.minuteToken),
                "owner_id": .string(meeting.host.identifier(ofType: idType) ?? meeting.host.openID),
                "create_time": .string("\(meeting.began)"), "title": .string(meeting.topic),
                "cover": "https://example.com/cover.png", "duration": .string("\(meeting.duration)"),
                "url": .string(meeting.url), "note_id": "",
            ]
        ]
    }

    /// The transcript as a file; an empty one where there is none.
    func transcript(
        ofMinute token: String,
        format: String,
        showsSpeakers: Bool,
        showsTimes: Bool
    ) throws(APIError) -> Resource {
        guard ["txt", "srt"].contains(format) else { throw .minuteParameter }
        let meeting = try readable(token)
        let export = TranscriptExport(meeting: meeting, showsSpeakers: showsSpeakers, showsTimes: showsTimes)
        let text = meeting.turns.isEmpty ? "" : format == "srt" ? export.subtitles : export.text
        return Resource(
            key: token,
            kind: .file,
            name: "transcript.\(format)",
            bytes: Array(text.utf8),
            claimedBytes: text.utf8.count,
            fileType: "stream",
            duration: nil,
            appID: nil,
            mediaType: "application/octet-stream"
        )
    }

    func artifacts(ofMinute token: String) throws(APIError) -> JSONValue {
        let meeting = try readable(token)
        return [
            "summary": meeting.artifacts["summary"] ?? .string(meeting.topic),
            "minute_chapters": meeting.artifacts["minute_chapters"] ?? [],
            "minute_todos": meeting.artifacts["minute_todos"] ?? [],
        ]
    }

    /// The meeting whose minutes the app may read.
    private func readable(_ token: String) throws(APIError) -> CloudMeeting {
        guard token.utf8.count == 24 else { throw .minuteParameter }
        guard let meeting = withState({ $0.meetings[minute: token] }) else { throw .minuteMissing }
        guard !meeting.isDeleted else { throw .minuteDeleted }
        guard meeting.minutes != .never else { throw .minuteMissing }
        guard meeting.isShared else { throw .minuteForbidden }
        guard meeting.minutes.holds(at: time.now()) else { throw .minuteNotReady }
        return meeting
    }
}
