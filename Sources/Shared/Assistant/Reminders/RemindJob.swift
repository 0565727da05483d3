import Feishu
package import JobQueue
import Logging
package import TimeZones

/// Says a reminder where it was asked for, and where it repeats enqueues the next time.
///
/// Safe to run twice: it is said under a key of the reminder and its time, the next time is taken from Redis, and its task
/// has a deduplication key. A reminder that was cancelled, or has gone on meanwhile, is not said.
package struct RemindJob: Job {
    package static let name: TaskName = "assistant.remind"
    package static let queue: QueueName = "interactive"
    package static let timeLimit: Duration = .seconds(60)
    /// For hours: a reminder that is late is worth more than none.
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(300), maximumRetries: 40)

    package struct Arguments: Codable, Sendable {
        package let owner: ReminderOwner
        package let id: String
        /// Which of its times, in milliseconds since 1970.
        package let due: Int64

        init(_ reminder: Reminder) {
            owner = reminder.owner
            id = reminder.id
            due = reminder.due
        }
    }

    private let reminders: RedisReminders
    private let chat: any Chat
    private let zone: TimeZoneRules
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - reminders: where they are kept.
    ///   - chat: where they are said.
    ///   - zone: whose clocks repeating ones follow.
    ///   - now: milliseconds since 1970.
    package init(
        reminders: RedisReminders,
        chat: any Chat,
        zone: TimeZoneRules,
        now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds }
    ) {
        self.reminders = reminders
        self.chat = chat
        self.zone = zone
        self.now = now
    }

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        guard let reminder = try await reminders.reminder(arguments.id, of: arguments.owner) else { return NoOutput() }
        guard reminder.due == arguments.due else {
            // An earlier run came as far as this and no further.
            if reminder.due > arguments.due { try await context.schedule(reminder, now: now()) }
            return NoOutput()
        }
        let lateness = now() - reminder.due
        let text = reminder.texts.said(reminder, lateBy: lateness, in: zone)
        do {
            try await chat.reply(.markdown(text), to: reminder.target, key: "remind/\(arguments.id)/\(arguments.due)")
        } catch let error as FeishuError where error.kind == .gone {
            // Nobody is there to be reminded any more.
            context.logger.info("the chat of a reminder is gone", metadata: ["error": "\(error)"])
            try await reminders.replace(reminder.id, of: reminder.owner, dueAt: reminder.due, with: nil)
            return NoOutput()
        }
        guard let recurrence = reminder.recurrence else {
            try await reminders.replace(reminder.id, of: reminder.owner, dueAt: reminder.due, with: nil)
            return NoOutput()
        }
        // After an outage the times that have passed are left out: they were said once just now.
        var due = recurrence.next(after: reminder.due, in: zone)
        if case .interval(let minutes) = recurrence, due <= now() {
            let step = Int64(max(1, minutes)) * 60_000
            due += (now() - due) / step * step + step
        } else if due <= now() {
            due = recurrence.next(after: now(), in: zone)
        }
        let next = reminder.due(due)
        try await reminders.replace(reminder.id, of: reminder.owner, dueAt: reminder.due, with: next)
        try await context.schedule(next, now: now())
        return NoOutput()
    }
}

extension EnqueueOptions {
    /// Of the task that says a reminder at its time: the same however often it is made.
    fileprivate static func at(_ reminder: Reminder, now: Int64) -> EnqueueOptions {
        let key = "\(RemindJob.name):\(reminder.owner.appID):\(reminder.userID):\(reminder.id):\(reminder.due)"
        return EnqueueOptions(
            delay: .milliseconds(max(0, reminder.due - now)),
            deduplicationKey: key,
            taskID: .derived(from: key)
        )
    }
}

extension JobContext {
    /// Enqueues the task that says a reminder, once however often this runs.
    func schedule(_ reminder: Reminder, now: Int64) async throws(JobQueueError) {
        try await enqueue(RemindJob.self, .init(reminder), options: .at(reminder, now: now))
    }
}
