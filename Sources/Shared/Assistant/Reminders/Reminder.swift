package import LanguageModel

/// What somebody wants to be reminded of.
package struct Reminder: Codable, Sendable, Equatable {
    /// Short enough to be typed; of its own among its owner's.
    package let id: String
    /// The message that asked for it: where it is said.
    package let target: ReplyTarget
    /// Whose it is: an `open_id`.
    package let userID: String
    package let what: String
    /// When it is said next, in milliseconds since 1970.
    package let due: Int64
    /// nil where it is said once.
    package let recurrence: Recurrence?
    package let language: String

    package var owner: ReminderOwner { ReminderOwner(appID: target.appID, userID: userID) }
    package var texts: ReminderTexts { ReminderTexts(WrittenLanguage(rawValue: language) ?? .chinese) }

    package init(
        id: String,
        target: ReplyTarget,
        userID: String,
        what: String,
        due: Int64,
        recurrence: Recurrence?,
        language: WrittenLanguage
    ) {
        self.id = id
        self.target = target
        self.userID = userID
        self.what = what
        self.due = due
        self.recurrence = recurrence
        self.language = language.rawValue
    }

    /// The same with another time.
    func due(_ due: Int64) -> Reminder {
        Reminder(
            id: id,
            target: target,
            userID: userID,
            what: what,
            due: due,
            recurrence: recurrence,
            language: WrittenLanguage(rawValue: language) ?? .chinese
        )
    }

    enum CodingKeys: String, CodingKey {
        case id, target, what, due, recurrence, language
        case userID = "user_id"
    }
}

/// Whose reminders: a person, as one app knows them.
package struct ReminderOwner: Sendable, Hashable, Codable {
    package let appID: String
    /// An `open_id`, which is another in each app.
    package let userID: String

    package init(appID: String, userID: String) {
        self.appID = appID
        self.userID = userID
    }

    enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case userID = "user_id"
    }
}
