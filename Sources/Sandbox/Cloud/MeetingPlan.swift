import JSON

/// A meeting that somebody lets end, as the control interface is told of it.
struct MeetingPlan {
    let host: String
    let participants: [String]
    let subscribers: [String]
    let topic: String
    let keywords: [String]
    let began: Int64
    let ended: Int64
    let isReserved: Bool
    let recording: CloudMeeting.Readiness
    let minutes: CloudMeeting.Readiness
    let isShared: Bool
    let isVisible: Bool
    let turns: [SpokenTurn]
    let artifacts: JSONObject

    /// - Throws: `.invalid` for a number that is none, or out of range.
    init(_ body: JSONValue, now: Int64) throws(ControlError) {
        let spoken = SpokenText(body["transcript"])
        let named = spoken.turns.map(\.speaker).filter { !$0.isEmpty }
        participants = body["participants"].map { Self.strings($0) } ?? Self.once(named)
        host = body["user"]?.string ?? participants.first ?? FeishuCloud.defaultPerson
        subscribers = Self.strings(body["subscribers"])
        topic = body["topic"]?.string ?? spoken.preamble.first { !$0.allSatisfy(\.isWhitespace) } ?? "会议"
        keywords =
            body["keywords"].map { Self.strings($0) }
            ?? spoken.preamble.first { $0.hasPrefix("关键词：") }?.dropFirst(4).split(separator: "、").map(String.init) ?? []
        turns = body["transcribed"]?.bool == false ? [] : spoken.turns
        let length = try Self.seconds(body, "duration_seconds") ?? max(60_000, spoken.turns.last?.stop ?? 0)
        ended = now
        began = now - length
        isReserved = body["reserved"]?.bool ?? false
        isShared = body["permission"]?.bool ?? true
        isVisible = body["visible"]?.bool ?? true
        let isRecorded = body["recorded"]?.bool ?? true
        let hold = body["hold"]?.string
        guard hold.map({ ["recording", "minutes"].contains($0) }) ?? true else {
            throw .invalid("hold must be recording or minutes")
        }
        let recordedAt = now + (try Self.seconds(body, "recording_after_seconds") ?? 0)
        let writtenAt = recordedAt + (try Self.seconds(body, "minutes_after_seconds") ?? 0)
        recording = !isRecorded ? .never : hold == "recording" ? .held : .at(recordedAt)
        minutes = !isRecorded ? .never : hold != nil ? .held : .at(writtenAt)
        artifacts = body["artifacts"]?.object ?? [:]
    }

    /// A member in seconds, as milliseconds.
    private static func seconds(_ body: JSONValue, _ name: String) throws(ControlError) -> Int64? {
        guard let value = body[name], !value.isNull else { return nil }
        guard let seconds = value.double, (0...1_000_000).contains(seconds) else {
            throw .invalid("\(name) must be 0 to 1000000")
        }
        return Int64(seconds * 1_000)
    }

    private static func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    private static func once(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
