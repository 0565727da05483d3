import JSON

/// Meetings. Source: interface specification, section 5.9.
extension FeishuClient {
    /// Asks for a meeting and who took part (`GET /vc/v1/meetings/:meeting_id`): for 90 days. Needs the permission
    /// `vc:meeting:readonly` or `vc:meeting.meetingevent:read`.
    ///
    /// - Throws: `FeishuError`: `.permission` for a meeting that the app may not see (121005: by Feishu's words every one
    ///   that it did not reserve itself), `.identifier` for none (121004).
    package func meeting(
        _ id: String,
        withParticipants: Bool = true
    ) async throws(FeishuError) -> FeishuMeetingInfo {
        let query = [("with_participants", "\(withParticipants)"), ("user_id_type", "open_id")]
        let request = FeishuRequest("GET", "vc", "v1", "meetings", .id(id), query: query)
        guard let meeting = FeishuMeetingInfo(try await call(request)["data"]?["meeting"], id: id) else {
            throw FeishuError(kind: .badResponse, message: "an answer without a meeting")
        }
        return meeting
    }

    /// Asks where the recording of a meeting is (`GET /vc/v1/meetings/:meeting_id/recording`), of any meeting of the
    /// company. Needs the permission `vc:record:readonly`.
    ///
    /// - Throws: `FeishuError`: `.notReady` while it is processed (124002), `.identifier` where there is none (122001,
    ///   122002, 121004), `.permission` (121005).
    package func recording(ofMeeting id: String) async throws(FeishuError) -> FeishuRecording {
        let request = FeishuRequest("GET", "vc", "v1", "meetings", .id(id), "recording")
        guard let recording = FeishuRecording(try await call(request)["data"]?["recording"]) else {
            throw FeishuError(kind: .badResponse, message: "an answer without a recording")
        }
        return recording
    }
}
