import FoundationEssentials

/// A transcript as Feishu exports it: the layout that is expected, since none is documented (interface specification,
/// sections 5.8 and 12).
struct TranscriptExport {
    let meeting: CloudMeeting
    let showsSpeakers: Bool
    let showsTimes: Bool

    /// Title, date and duration, keywords, then each turn under a line with its speaker and time.
    var text: String {
        var text = meeting.topic + "\n" + date + "｜时长 \(max(1, meeting.duration / 60_000))分钟\n"
        if !meeting.keywords.isEmpty { text += "关键词：" + meeting.keywords.joined(separator: "、") + "\n" }
        for turn in meeting.turns {
            let parts = [
                showsSpeakers ? turn.speaker : "", showsTimes ? Self.clock(turn.start) : "",
            ].filter { !$0.isEmpty }
            text += "\n" + (parts.isEmpty ? "" : parts.joined(separator: " ") + "\n") + turn.text + "\n"
        }
        return text
    }

    /// Subtitles: number, span, and the words behind their speaker's name.
    var subtitles: String {
        var text = ""
        for (index, turn) in meeting.turns.enumerated() {
            let name = showsSpeakers && !turn.speaker.isEmpty ? turn.speaker + ": " : ""
            let span = "\(Self.fine(turn.start)) --> \(Self.fine(turn.stop))\n"
            text += "\(index + 1)\n" + (showsTimes ? span : "") + name + turn.text + "\n\n"
        }
        return text
    }

    /// When it began, in China.
    private var date: String {
        let china = Date(timeIntervalSince1970: Double(meeting.began) / 1000 + 8 * 3600).ISO8601Format()
        let parts = china.split { !$0.isNumber }.map(String.init)
        guard parts.count >= 5, let month = Int(parts[1]), let day = Int(parts[2]) else { return china }
        return "\(parts[0])年\(month)月\(day)日 \(parts[3]):\(parts[4])"
    }

    /// `00:12:03`.
    static func clock(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { digits($0, 2) }.joined(separator: ":")
    }

    private static func fine(_ milliseconds: Int64) -> String {
        clock(milliseconds) + "," + digits(milliseconds % 1_000, 3)
    }

    private static func digits(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
