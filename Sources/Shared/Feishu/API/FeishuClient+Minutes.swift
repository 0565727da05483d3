import Cryptography
import HTTP
import JSON

/// Feishu's own minutes (妙记): what was recorded and written down. Feishu takes five calls a second of each.
///
/// Source: interface specification, section 5.8. What keeps them from being read is told by
/// ``FeishuError/minutesObstacle``.
extension FeishuClient {
    /// No larger transcript is taken, in bytes: a meeting of six hours has about one megabyte.
    package static let maximumTranscriptBytes = 8 << 20

    /// An export is made while it is asked for.
    private static let exportDeadlines = HTTPClientDeadlines(
        connect: .seconds(5),
        idle: .seconds(30),
        total: .seconds(90)
    )

    /// Asks what is known of minutes (`GET /minutes/v1/minutes/:minute_token`). Needs the permission
    /// `minutes:minutes.basic:read` or `minutes:minutes:readonly`.
    ///
    /// - Throws: `FeishuError`: `.notReady` while they are made, `.permission` where nobody shared them with the app,
    ///   `.gone`, `.identifier`.
    package func minute(_ token: String) async throws(FeishuError) -> FeishuMinute {
        let request = try Self.minutes(token, query: [("user_id_type", "open_id")])
        guard let minute = FeishuMinute(try await call(request)["data"]?["minute"], token: token) else {
            throw FeishuError(kind: .badResponse, message: "an answer without minutes")
        }
        return minute
    }

    /// Exports the transcript (`GET /minutes/v1/minutes/:minute_token/transcript`). Needs the permission
    /// `minutes:minutes.transcript:export`.
    ///
    /// - Parameters:
    ///   - token: of the minutes.
    ///   - format: of the text.
    ///   - withSpeakers: whether it says who speaks.
    ///   - withTimes: whether it says when.
    ///   - maximumBytes: a larger one is refused.
    /// - Returns: the transcript, which is empty where there is none.
    /// - Throws: `FeishuError`, as ``minute(_:)`` does; of the reason `.tooLarge` where there are more bytes.
    package func transcript(
        ofMinute token: String,
        as format: TranscriptFormat = .txt,
        withSpeakers: Bool = true,
        withTimes: Bool = true,
        maximumBytes: Int = FeishuClient.maximumTranscriptBytes
    ) async throws(FeishuError) -> FeishuTranscript {
        var request = try Self.minutes(
            token,
            "transcript",
            query: [
                ("need_speaker", "\(withSpeakers)"), ("need_timestamp", "\(withTimes)"),
                ("file_format", format.rawValue),
            ]
        )
        request.deadlines = Self.exportDeadlines
        let response = try await perform(request.governed, patience: nil) { token throws(FeishuError) in
            try await endpoint.download(request, token: token.value, maximumBytes: maximumBytes, mayBeEmpty: true)
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = response.body.starts(with: mark) ? response.body.dropFirst(mark.count) : response.body[...]
        return FeishuTranscript(text: String(decoding: body, as: UTF8.self), format: format)
    }

    /// Asks for what Feishu itself made of the recording (`GET /minutes/v1/minutes/:minute_token/artifacts`). Needs the
    /// permission `minutes:minutes.artifacts:read`.
    ///
    /// - Throws: `FeishuError`, as ``minute(_:)`` does.
    package func artifacts(ofMinute token: String) async throws(FeishuError) -> FeishuMinuteArtifacts {
        FeishuMinuteArtifacts(try await call(try Self.minutes(token, "artifacts"))["data"])
    }

    /// A call about minutes.
    ///
    /// - Throws: `.identifier` for what cannot be a token, without a call.
    private static func minutes(
        _ token: String,
        _ part: FeishuRequest.Component? = nil,
        query: [(String, String)] = []
    ) throws(FeishuError) -> FeishuRequest {
        guard MinutesLink.isToken(token) else {
            throw FeishuError(kind: .identifier, message: "a token of minutes has 24 letters and digits")
        }
        var request = FeishuRequest("GET", "minutes", "v1", "minutes", .id(token), query: query)
        if let part { request.path.append(part) }
        return request
    }
}
