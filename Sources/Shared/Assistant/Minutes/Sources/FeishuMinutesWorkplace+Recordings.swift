package import Feishu

/// Recordings, from Feishu's own minutes.
extension FeishuMinutesWorkplace {
    package func minute(_ token: String, ofApp appID: String) async throws -> FeishuMinute {
        try await client(appID).minute(token)
    }

    package func transcript(ofMinute token: String, ofApp appID: String) async throws -> FeishuTranscript {
        try await client(appID).transcript(ofMinute: token)
    }

    package func readers(ofMinute token: String, ofApp appID: String) async throws -> [DocumentMember] {
        try await client(appID).collaborators(of: token, as: .minutes)
    }

    package func meeting(_ id: String, ofApp appID: String) async throws -> FeishuMeetingInfo {
        try await client(appID).meeting(id)
    }

    package func recording(ofMeeting id: String, ofApp appID: String) async throws -> FeishuRecording {
        try await client(appID).recording(ofMeeting: id)
    }
}
