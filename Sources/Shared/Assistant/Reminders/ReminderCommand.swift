package import TimeZones

/// What somebody says about their reminders, behind `/remind` or `/提醒`, or in words.
package enum ReminderCommand: Sendable, Equatable {
    /// A phrase such as `明天下午三点交周报`.
    case set(String)
    case list
    /// By the id that the list shows.
    case cancel(String)
    case cancelAll
    case help

    private static let listWords: Set = ["list", "ls", "show", "列表", "查看", "我的提醒", "提醒列表", "有哪些提醒", "查看提醒"]
    private static let allWords: Set = ["all", "全部", "所有", "全部提醒", "所有提醒", "所有的提醒", "reminders", "all reminders"]
    private static let cancelWords = [
        "cancel reminder", "cancel", "delete reminder", "delete", "remove", "stop", "取消提醒", "删除提醒", "取消", "删除",
    ]

    /// - Parameter text: what stands behind the command's name; nothing lists, as it shows what there is and how to go on.
    package init(_ text: String) {
        let text = text.trimmedOfSpace
        let lower = text.lowercased()
        if text.isEmpty || Self.listWords.contains(lower) {
            self = .list
        } else if ["help", "帮助", "?", "？"].contains(lower) {
            self = .help
        } else if let word = Self.cancelWords.first(where: { lower.hasPrefix($0) }) {
            let rest = String(text.dropFirst(word.count)).trimmedOfSpace
            if Self.allWords.contains(rest.lowercased()) {
                self = .cancelAll
            } else if ReminderID.isWellFormed(rest.lowercased()) {
                self = .cancel(rest.lowercased())
            } else {
                // `取消会议的事，明天提醒我` is no order to cancel a reminder.
                self = rest.isEmpty ? .help : .set(text)
            }
        } else {
            self = .set(text)
        }
    }

    /// What a message without `/remind` asks for: `提醒我` or `remind me` with a time, `取消提醒 k7m2`, `我的提醒`.
    ///
    /// nil for every other message, also for one that only speaks of reminding.
    package init?(sentence: String, now: Int64, in zone: TimeZoneRules) {
        let lower = sentence.trimmedOfSpace.lowercased()
        if ["我的提醒", "提醒列表", "查看提醒", "my reminders", "list reminders"].contains(lower) {
            self = .list
            return
        }
        if ["取消提醒", "删除提醒", "cancel reminder", "delete reminder"].contains(where: lower.hasPrefix) {
            self.init(sentence)
            return
        }
        let verbs = ["提醒我", "提醒一下我", "提醒大家", "叫我", "remind me", "remind us"]
        guard sentence.count <= 200, verbs.contains(where: lower.contains) else { return nil }
        switch ReminderPhrase(sentence, now: now, in: zone) {
        case .once, .repeating: break
        case .problem(.noTime), .problem(.nothingToSay): return nil
        case .problem(.past), .problem(.tooFar), .problem(.noSuchTime), .problem(.tooOften):
            // Meant as a reminder, so it is told why there will be none; `昨天他叫我开会` is meant as a story.
            guard lower.contains("提醒") || lower.contains("remind") else { return nil }
        }
        self = .set(sentence)
    }
}

/// Ids that people type.
enum ReminderID {
    private static let alphabet = Array("23456789abcdefghjkmnpqrstuvwxyz")
    private static let length = 4

    /// The same for the same text.
    static func derived(from digest: [UInt8]) -> String {
        String(digest.prefix(length).map { alphabet[Int($0) % alphabet.count] })
    }

    static func isWellFormed(_ text: String) -> Bool {
        text.count == length && text.allSatisfy(alphabet.contains)
    }
}

extension StringProtocol {
    fileprivate var trimmedOfSpace: String {
        let start = self[...].drop(while: \.isWhitespace)
        return String(String(start.reversed().drop(while: \.isWhitespace)).reversed())
    }
}
