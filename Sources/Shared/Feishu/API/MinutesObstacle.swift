/// What keeps a recording or its minutes from being read, as far as somebody can do something about it.
package enum MinutesObstacle: Sendable, Equatable {
    /// They are being made: the same call succeeds later (2091003, 124002).
    case notReady
    /// The app may not read these: who owns them has to share them (2091005, 121005).
    case notShared
    /// The app lacks permissions, any one of these: an administrator has to act (99991672).
    case notGranted([String])
    /// They were deleted (2091004).
    case deleted
    /// There are no minutes, or no meeting, by this name (2091002, 121004).
    case unknown
    /// The meeting was not recorded, or for less than five seconds (122001, 122002). Right after its end Feishu may not
    /// know of the recording yet: only final when it is said again some minutes later.
    case notRecorded
    /// The recording has no transcript: ``FeishuTranscript/isEmpty``.
    case withoutTranscript
    /// The transcript is larger than is taken.
    case tooLarge

    /// Whether it passes by itself.
    package var passes: Bool { self == .notReady }
}

extension FeishuError {
    /// What keeps minutes from being read; nil for failures that are not about them, such as a lost connection.
    package var minutesObstacle: MinutesObstacle? {
        switch code {
        case 2_091_003, 124_002: .notReady
        case 2_091_005, 121_005: .notShared
        case 2_091_004: .deleted
        case 2_091_002, 121_004: .unknown
        case 122_001, 122_002: .notRecorded
        case 99_991_672, 99_991_679: .notGranted(missingScopes)
        default: reason == .tooLarge ? .tooLarge : kind == .identifier && code == 0 ? .unknown : nil
        }
    }
}

/// What a person is told, with what to do about it.
extension MinutesObstacle {
    package var chinese: String {
        switch self {
        case .notReady: "这份妙记还在生成，好了以后我会继续。"
        case .notShared:
            "我没有权限读取这份妙记。请妙记的所有者打开它，点击右上角的「分享」，把我添加为协作者（可阅读），并允许导出文字记录；"
                + "如果那里找不到我，请在妙记里导出文字记录，把文件发给我。"
        case .notGranted(let scopes):
            "应用还没有读取妙记的权限\(Self.list(scopes, "（", "）"))，请管理员在飞书开发者后台开通并发布新版本。"
                + "在此之前，请把导出的文字记录发给我。"
        case .deleted: "这份妙记已被删除。"
        case .unknown: "找不到这份妙记，请检查链接是否完整。"
        case .notRecorded: "这场会议没有录制，所以没有妙记。"
        case .withoutTranscript: "这份妙记没有文字记录，可能没有识别到语音。"
        case .tooLarge: "这份妙记的文字记录太长，我无法处理。"
        }
    }

    package var english: String {
        switch self {
        case .notReady: "These minutes are still being made. I will go on once they are there."
        case .notShared:
            "I may not read these minutes. Whoever owns them can open them, choose Share at the top right, add me as a "
                + "collaborator (can view) and allow export. If I cannot be found there, export the transcript and send "
                + "me the file."
        case .notGranted(let scopes):
            "This app may not read minutes yet\(Self.list(scopes, " (", ")")): an administrator has to grant that in "
                + "Feishu's developer console and publish a version. Until then, send me the exported transcript."
        case .deleted: "These minutes were deleted."
        case .unknown: "I cannot find these minutes. Is the link complete?"
        case .notRecorded: "This meeting was not recorded, so there are no minutes of it."
        case .withoutTranscript: "These minutes have no transcript; perhaps no speech was recognised."
        case .tooLarge: "The transcript of these minutes is too long for me."
        }
    }

    private static func list(_ scopes: [String], _ open: String, _ close: String) -> String {
        scopes.isEmpty ? "" : open + scopes.joined(separator: ", ") + close
    }
}
