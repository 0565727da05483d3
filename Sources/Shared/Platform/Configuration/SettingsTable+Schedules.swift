extension Setting {
    /// What the workers enqueue again and again.
    static let schedules: [Setting] = [
        Setting("schedules[].name", "SCHEDULE_NAME", .name, "What the periodic job is called."),
        Setting(
            "schedules[].cron",
            "SCHEDULE_CRON",
            .text,
            "When: minute, hour, day of month, month and day of week, or @daily and the like. This or every."
        ),
        Setting(
            "schedules[].every",
            "SCHEDULE_EVERY",
            .integer(1...31_622_400),
            "When: every so many seconds, counted from start or from 1970."
        ),
        Setting(
            "schedules[].zone",
            "SCHEDULE_ZONE",
            .text,
            "Zone of the tz database whose clocks cron means; none: assistant.time_zone."
        ),
        Setting("schedules[].task", "SCHEDULE_TASK", .text, "Name of the task that is enqueued."),
        Setting("schedules[].args", "SCHEDULE_ARGS", .prose, "Its positional arguments, a JSON array."),
        Setting("schedules[].kwargs", "SCHEDULE_KWARGS", .prose, "Its arguments by name, a JSON object."),
        Setting("schedules[].queue", "SCHEDULE_QUEUE", .name, default: "background", "Its queue."),
        Setting(
            "schedules[].priority",
            "SCHEDULE_PRIORITY",
            .integer(0...9),
            default: "0",
            "Its priority, 0 being the most urgent."
        ),
        Setting(
            "schedules[].expires",
            "SCHEDULE_EXPIRES",
            .seconds(1...31_622_400),
            "Seconds after which a task that has not begun is not run any more; none: it always is."
        ),
        Setting(
            "schedules[].ordering_key",
            "SCHEDULE_ORDERING_KEY",
            .text,
            "What its tasks share with others that must run one at a time; none: nothing."
        ),
        Setting(
            "schedules[].catch_up",
            "SCHEDULE_CATCH_UP",
            .choice(["skip", "once", "all"]),
            default: "once",
            "What becomes of times that passed while no worker ran: nothing, one task for the last, or one for each."
        ),
        Setting(
            "schedules[].at_most",
            "SCHEDULE_AT_MOST",
            .integer(1...60),
            "The most tasks that catch_up all makes up for; none: 60."
        ),
        Setting(
            "schedules[].catch_up_within",
            "SCHEDULE_CATCH_UP_WITHIN",
            .seconds(1...31_622_400),
            "Times that passed more than so many seconds ago are not made up for; none: all are, by catch_up."
        ),
        Setting("schedules[].start", "SCHEDULE_START", .text, "No sooner than this date and time (ISO 8601)."),
        Setting("schedules[].end", "SCHEDULE_END", .text, "No later than this date and time (ISO 8601)."),
        Setting(
            "schedules[].jitter",
            "SCHEDULE_JITTER",
            .seconds(0...86_400),
            default: "0",
            "Each task is put off by a part of so many seconds, another one each time."
        ),
    ]
}
