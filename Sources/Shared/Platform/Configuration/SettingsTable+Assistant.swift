extension Setting {
    /// How the assistant behaves: everywhere, and otherwise in some chats.
    static let assistant: [Setting] = [
        Setting(
            "assistant.language",
            "AI_ASSISTANT_LANGUAGE",
            .choice(["zh-CN", "en"]),
            default: "zh-CN",
            "Language the assistant answers in where the person's own is not known."
        ),
        Setting(
            "assistant.prompt",
            "ASSISTANT_PROMPT",
            .prose,
            "What the model is told to be; none: the assistant's own words."
        ),
        Setting(
            "assistant.history_tokens",
            "ASSISTANT_HISTORY_TOKENS",
            .integer(0...1_000_000),
            default: "6000",
            "How much of a conversation the model is told, in tokens; what is older is summarised."
        ),
        Setting(
            "assistant.history_memory",
            "ASSISTANT_HISTORY_MEMORY",
            .seconds(60...31_536_000),
            default: "604800",
            "Seconds for which a conversation is remembered after its latest message."
        ),
        Setting(
            "assistant.group_history",
            "ASSISTANT_GROUP_HISTORY",
            .choice(["chat", "user"]),
            default: "chat",
            "In groups: chat: all people share one conversation; user: each has their own."
        ),
        Setting(
            "assistant.group_policy",
            "ASSISTANT_GROUP_POLICY",
            .choice(["mention", "always", "keyword", "off"]),
            default: "mention",
            "Which messages of a group are answered."
        ),
        Setting(
            "assistant.keywords",
            "ASSISTANT_KEYWORDS",
            .words,
            "Words that a message of a group is answered for, where group_policy is keyword."
        ),
        Setting(
            "assistant.answer_everyone",
            "ASSISTANT_ANSWER_EVERYONE",
            .flag,
            default: "false",
            "Whether a message to everyone (@all) counts as one that mentions the bot."
        ),
        Setting(
            "assistant.while_busy",
            "ASSISTANT_WHILE_BUSY",
            .choice(["queue", "supersede", "drop"]),
            default: "queue",
            "A message that comes while the one before it is answered waits, ends that answer, or is not answered."
        ),
        Setting(
            "assistant.late_after",
            "ASSISTANT_LATE_AFTER",
            .seconds(1...86_400),
            default: "120",
            "Seconds after which an answer says that it comes late."
        ),
        Setting(
            "assistant.allowed_users",
            "ASSISTANT_ALLOWED_USERS",
            .words,
            "Open IDs of those who may use the assistant; none, nor departments or chats: everybody."
        ),
        Setting(
            "assistant.allowed_departments",
            "ASSISTANT_ALLOWED_DEPARTMENTS",
            .words,
            "Open IDs of departments whose people may use the assistant."
        ),
        Setting(
            "assistant.allowed_chats",
            "ASSISTANT_ALLOWED_CHATS",
            .words,
            "IDs of chats in which everybody may use the assistant."
        ),

        Setting(
            "assistant.profiles[].app_id",
            "PROFILE_APP_ID",
            .identifier,
            "The app that a profile is for; none: all."
        ),
        Setting("assistant.profiles[].chats", "PROFILE_CHATS", .words, "IDs of the chats that it is for; none: all."),
        Setting("assistant.profiles[].prompt", "PROFILE_PROMPT", .prose, "What the model is told to be there."),
        Setting("assistant.profiles[].model", "PROFILE_MODEL", .text, "The model that is asked first there."),
        Setting(
            "assistant.profiles[].temperature",
            "PROFILE_TEMPERATURE",
            .number(0...2),
            "How freely the model chooses its words there."
        ),
        Setting(
            "assistant.profiles[].max_tokens",
            "PROFILE_MAX_TOKENS",
            .integer(1...1_000_000),
            "The longest answer there, in tokens."
        ),
        Setting(
            "assistant.profiles[].language",
            "PROFILE_LANGUAGE",
            .choice(["zh-CN", "en"]),
            "As assistant.language, there."
        ),
        Setting(
            "assistant.profiles[].group_policy",
            "PROFILE_GROUP_POLICY",
            .choice(["mention", "always", "keyword", "off"]),
            "As assistant.group_policy, there."
        ),
        Setting("assistant.profiles[].keywords", "PROFILE_KEYWORDS", .words, "As assistant.keywords, there."),
        Setting(
            "assistant.profiles[].answer_everyone",
            "PROFILE_ANSWER_EVERYONE",
            .flag,
            "As assistant.answer_everyone, there."
        ),
        Setting(
            "assistant.profiles[].while_busy",
            "PROFILE_WHILE_BUSY",
            .choice(["queue", "supersede", "drop"]),
            "As assistant.while_busy, there."
        ),
        Setting(
            "assistant.profiles[].plugins",
            "PROFILE_PLUGINS",
            .names,
            "Names of the plugins that there are there, of those installed; the word none: none at all; not set: all."
        ),
        Setting(
            "assistant.profiles[].minutes_template",
            "PROFILE_MINUTES_TEMPLATE",
            .text,
            "As minutes.template, there."
        ),
        Setting(
            "assistant.profiles[].allowed_users",
            "PROFILE_ALLOWED_USERS",
            .words,
            "As assistant.allowed_users, there."
        ),
        Setting(
            "assistant.profiles[].allowed_departments",
            "PROFILE_ALLOWED_DEPARTMENTS",
            .words,
            "As assistant.allowed_departments, there."
        ),
    ]
}
