import Cryptography
package import JobQueue
package import LanguageModel
import Redis
package import TimeZones

/// Does what people say about their reminders, and says in Markdown what it did.
///
/// Safe to run twice for one message: a reminder's id comes from the message that set it.
package struct ReminderDesk: Sendable {
    private let reminders: RedisReminders
    private let zone: TimeZoneRules
    private let now: @Sendable () -> Int64

    package init(
        reminders: RedisReminders,
        zone: TimeZoneRules,
        now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds }
    ) {
        self.reminders = reminders
        self.zone = zone
        self.now = now
    }

    /// What a message without a command asks for; nil where it is about no reminder.
    package func command(inSentence text: String) -> ReminderCommand? {
        ReminderCommand(sentence: text, now: now(), in: zone)
    }

    /// Does it.
    ///
    /// - Parameters:
    ///   - command: what was said.
    ///   - target: the message that said it.
    ///   - userID: who said it, an `open_id`.
    ///   - language: of the answer, and of the reminder.
    ///   - context: of the job that does it, which enqueues the reminder.
    /// - Returns: Markdown.
    /// - Throws: `RedisError`, `JobQueueError`.
    package func perform(
        _ command: ReminderCommand,
        for target: ReplyTarget,
        by userID: String,
        in language: WrittenLanguage,
        context: JobContext
    ) async throws -> String {
        let texts = ReminderTexts(language)
        let owner = ReminderOwner(appID: target.appID, userID: userID)
        switch command {
        case .help: return texts.help
        case .list: return texts.list(try await reminders.reminders(of: owner), in: zone)
        case .cancel(let id):
            let reminder = try await reminders.reminder(id, of: owner)
            return try await reminders.remove(id, of: owner) ? texts.cancelled(reminder?.what ?? id) : texts.unknown(id)
        case .cancelAll:
            let all = try await reminders.reminders(of: owner)
            for reminder in all { try await reminders.remove(reminder.id, of: owner) }
            return texts.cancelledAll(all.count)
        case .set(let text):
            let reminder: Reminder
            switch ReminderPhrase(text, now: now(), in: zone) {
            case .problem(let problem): return texts.problem(problem)
            case .once(let due, let what): reminder = make(what, due, nil, target, userID, language)
            case .repeating(let rule, let first, let what): reminder = make(what, first, rule, target, userID, language)
            }
            guard try await reminders.insert(reminder) else { return texts.tooMany }
            // What an earlier run understood counts: meanwhile `in 20 minutes` means another time.
            let kept = try await reminders.reminder(reminder.id, of: owner) ?? reminder
            try await context.schedule(kept, now: now())
            return texts.set(kept, in: zone)
        }
    }

    private func make(
        _ what: String,
        _ due: Int64,
        _ recurrence: Recurrence?,
        _ target: ReplyTarget,
        _ userID: String,
        _ language: WrittenLanguage
    ) -> Reminder {
        let digest = SHA256.hash(Array("\(target.appID):\(target.messageID)".utf8))
        return Reminder(
            id: ReminderID.derived(from: digest),
            target: target,
            userID: userID,
            what: what,
            due: due,
            recurrence: recurrence,
            language: language
        )
    }
}
