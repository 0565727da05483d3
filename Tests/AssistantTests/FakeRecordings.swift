import Feishu
import NIOConcurrencyHelpers

@testable import Assistant

/// Recordings of a test's own, each with what Feishu would say of it.
final class FakeRecordings: Sendable {
    struct Recording {
        var minute: FeishuMinute
        var transcript: String
        var readers: [DocumentMember] = []
        var meeting: FeishuMeetingInfo?
        /// What Feishu answers instead, by the name of the call.
        var refusals: [String: FeishuError] = [:]
    }

    private struct State {
        var recordings: [String: Recording] = [:]
        var calls: [String] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Names of all calls, in order.
    var calls: [String] { state.withLockedValue { $0.calls } }

    func add(_ recording: Recording) {
        state.withLockedValue { $0.recordings[recording.minute.token] = recording }
    }

    /// From now on a call of this name is answered so; nil: as it is.
    func refuse(_ call: String, of token: String, with error: FeishuError?) {
        state.withLockedValue { $0.recordings[token]?.refusals[call] = error }
    }

    fileprivate func call<Value>(
        _ name: String,
        where isMeant: (Recording) -> Bool,
        _ value: (Recording) -> Value?
    ) throws -> Value {
        try state.withLockedValue { state in
            state.calls.append(name)
            let recording = state.recordings.values.first(where: isMeant)
            if let error = recording?.refusals[name] { throw error }
            guard let found = recording.flatMap(value) else {
                throw FeishuError(kind: .identifier, code: 2_091_002, message: "")
            }
            return found
        }
    }
}

extension FakeMinutesWorkplace {
    func minute(_ token: String, ofApp appID: String) async throws -> FeishuMinute {
        try recordings.call("minute", where: { $0.minute.token == token }, \.minute)
    }

    func transcript(ofMinute token: String, ofApp appID: String) async throws -> FeishuTranscript {
        try recordings.call("transcript", where: { $0.minute.token == token }) {
            FeishuTranscript(text: $0.transcript, format: .txt)
        }
    }

    func readers(ofMinute token: String, ofApp appID: String) async throws -> [DocumentMember] {
        try recordings.call("readers", where: { $0.minute.token == token }, \.readers)
    }

    func meeting(_ id: String, ofApp appID: String) async throws -> FeishuMeetingInfo {
        try recordings.call("meeting", where: { $0.meeting?.id == id }, \.meeting)
    }

    func recording(ofMeeting id: String, ofApp appID: String) async throws -> FeishuRecording {
        try recordings.call("recording", where: { $0.meeting?.id == id }) { recording in
            let url = recording.minute.url ?? ""
            return FeishuRecording(url: url, minuteToken: recording.minute.token)
        }
    }
}
