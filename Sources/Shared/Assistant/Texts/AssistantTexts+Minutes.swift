extension AssistantTexts {
    /// What a card is called while its minutes are made.
    var minutesTitle: String { say("会议纪要", "Minutes") }

    /// How far minutes are.
    func minutesProgress(_ done: Int, of count: Int) -> String {
        guard count > 1 else { return say("正在整理会议纪要…", "Writing the minutes…") }
        return say(
            "正在整理会议纪要：已读完 \(done)/\(count) 部分…",
            "Writing the minutes: \(done) of \(count) parts are read…"
        )
    }

    /// What stands above the transcript in the document of minutes.
    var minutesTranscript: String { say("会议记录", "Transcript") }

    /// There will be none.
    func minutesFailed(reference: String) -> String {
        say(
            "抱歉，会议纪要没能完成，请稍后再发一次会议记录。（参考编号：\(reference)）",
            "Sorry, the minutes could not be made. Please send the transcript again later. (Reference: \(reference))"
        )
    }
}
