import Feishu
import LanguageModel

/// What the assistant says about where transcripts come from.
extension AssistantTexts {
    /// Who wrote a forwarded message, where that is not known.
    var somebody: String { say("某人", "Somebody") }

    func told(of obstacle: MinutesObstacle) -> String { say(obstacle.chinese, obstacle.english) }

    /// Why there are no minutes, and what to do about it.
    func told(of absence: TranscriptAbsence) -> String {
        switch absence {
        case .nothing: minutesUsage
        case .silent: say("这里面没有找到发言，所以没有纪要。", "I found nothing that was said in this, so there are no minutes.")
        case .tooLong:
            say(
                "这份会议记录太长（超过 8 MB），请拆分后再发给我。",
                "This transcript is too long (more than 8 MB). Please split it and send me the parts."
            )
        case .unheard:
            say(
                "我还听不了录音：管理员还没有配置语音转写。请把文字记录发给我。",
                "I cannot listen to recordings: no transcription is set up here. Please send me the transcript as text."
            )
        case .obstacle(let obstacle): told(of: obstacle)
        case .overdue:
            say(
                "等了几个小时，飞书仍然没有生成这份妙记，我不再等了。生成好以后，请再把链接发给我。",
                "Feishu has not finished these minutes for hours, and I stop waiting. Please send me the link again once they are there."
            )
        case .notAdmitted:
            say(
                """
                我无法确认你可以阅读这份妙记，所以没有整理。我只为妙记的所有者和被共享的人整理：请所有者把你加为这份妙记的协作者，\
                或者导出文字记录，把文件发给我。
                """,
                """
                I cannot tell whether you may read these minutes, so I did not use them. I only do so for whoever owns them \
                and those they are shared with: ask the owner to add you as a collaborator, or export the transcript and \
                send me the file.
                """
            )
        case .notHere:
            say(
                """
                群里的人都会看到纪要，所以在群里只有妙记的所有者可以让我整理，除非妙记已经共享给这个群。\
                你可以在和我的单聊里把链接发给我。
                """,
                """
                Everyone in this group would read the minutes, so here only the recording's owner can ask for them, unless \
                it is shared with this group. You can send me the link in our direct chat.
                """
            )
        }
    }

    // MARK: After meetings

    /// What stands before words about a meeting that nobody has just spoken of.
    func about(meeting topic: String?, _ words: String) -> String {
        guard let topic else { return words }
        let name = topic.plainInMarkdown
        return say("会议“\(name)”：", "Meeting “\(name)”: ") + words
    }

    /// Minutes after meetings are on from now.
    var autoMinutesOn: String {
        say(
            """
            好的。以后由你主持或拥有的会议结束后，只要录制了，纪要会自动发到这个聊天，这里的人都能看到。\
            发送 `/minutes auto off`（纪要 自动 关）关闭。
            """,
            """
            All right: after each recorded meeting that you host or own, its minutes come to this chat by themselves, for \
            everyone here to read. `/minutes auto off` ends that.
            """
        )
    }

    /// They are off, whether they were on or not.
    var autoMinutesOff: String {
        say("好的，会议纪要不再自动发到这个聊天。", "All right: minutes do not come to this chat by themselves any more.")
    }

    /// Somebody has them come to as many chats as one may.
    func autoMinutesTooMany(_ count: Int) -> String {
        say(
            "你的会议纪要最多自动发到 \(count) 个聊天，请先在其中一个关闭。",
            "Minutes of your meetings come to at most \(count) chats. Please turn them off in one of these first."
        )
    }

    /// Whether they are on in this chat, and how to change that.
    func autoMinutesState(isOn: Bool) -> String {
        let state =
            isOn
            ? say("你的会议结束后，纪要会自动发到这个聊天。", "Minutes of your meetings come to this chat by themselves.")
            : say("你的会议纪要不会自动发到这个聊天。", "Minutes of your meetings do not come to this chat by themselves.")
        return state
            + say(
                "用 `/minutes auto on`（纪要 自动 开）打开，`/minutes auto off`（纪要 自动 关）关闭。",
                " `/minutes auto on` turns that on, `/minutes auto off` turns it off."
            )
    }
}
