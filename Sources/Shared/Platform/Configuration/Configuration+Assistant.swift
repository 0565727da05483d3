extension Configuration {
    /// How the assistant behaves.
    package struct Assistant: Sendable {
        /// `zh-CN` or `en`.
        package let language: String
        package let prompt: String?
        package let historyTokens: Int
        package let historyMemory: Duration
        /// Whether all people of a group share one conversation.
        package let sharesGroupHistory: Bool
        /// `mention`, `always`, `keyword` or `off`.
        package let groupPolicy: String
        package let keywords: [String]
        package let answersEveryone: Bool
        /// `queue`, `supersede` or `drop`.
        package let whileBusy: String
        package let lateAfter: Duration
        package let allowedUsers: [String]
        package let allowedDepartments: [String]
        package let allowedChats: [String]
        package let profiles: [AssistantProfile]
    }

    /// What is otherwise in some chats; what is nil is as everywhere.
    package struct AssistantProfile: Sendable {
        package let appID: String?
        /// Empty for all.
        package let chats: [String]
        package let prompt: String?
        package let model: String?
        package let temperature: Double?
        package let maximumTokens: Int?
        package let language: String?
        package let groupPolicy: String?
        package let keywords: [String]?
        package let answersEveryone: Bool?
        package let whileBusy: String?
        /// Names; nil for all.
        package let plugins: [String]?
        package let minutesTemplate: String?
        package let allowedUsers: [String]?
        package let allowedDepartments: [String]?
    }
}

extension Configuration.Assistant {
    init(_ settings: SettingsResolver) {
        language = settings.text("assistant.language")
        prompt = settings.optionalText("assistant.prompt")
        historyTokens = settings.integer("assistant.history_tokens")
        historyMemory = settings.duration("assistant.history_memory")
        sharesGroupHistory = settings.text("assistant.group_history") == "chat"
        groupPolicy = settings.text("assistant.group_policy")
        keywords = settings.optionalNames("assistant.keywords") ?? []
        answersEveryone = settings.text("assistant.answer_everyone") == "true"
        whileBusy = settings.text("assistant.while_busy")
        lateAfter = settings.duration("assistant.late_after")
        allowedUsers = settings.optionalNames("assistant.allowed_users") ?? []
        allowedDepartments = settings.optionalNames("assistant.allowed_departments") ?? []
        allowedChats = settings.optionalNames("assistant.allowed_chats") ?? []
        profiles = settings.elements(of: "assistant.profiles").map { Configuration.AssistantProfile(settings, at: $0) }
    }
}

extension Configuration.AssistantProfile {
    fileprivate init(_ settings: SettingsResolver, at path: String) {
        appID = settings.optionalText("\(path).app_id")
        chats = settings.optionalNames("\(path).chats") ?? []
        prompt = settings.optionalText("\(path).prompt")
        model = settings.optionalText("\(path).model")
        temperature = settings.optionalNumber("\(path).temperature")
        maximumTokens = settings.optionalInteger("\(path).max_tokens")
        language = settings.optionalText("\(path).language")
        groupPolicy = settings.optionalText("\(path).group_policy")
        keywords = settings.optionalNames("\(path).keywords")
        answersEveryone = settings.optionalText("\(path).answer_everyone").map { $0 == "true" }
        whileBusy = settings.optionalText("\(path).while_busy")
        plugins = settings.optionalNames("\(path).plugins")
        minutesTemplate = settings.optionalText("\(path).minutes_template")
        allowedUsers = settings.optionalNames("\(path).allowed_users")
        allowedDepartments = settings.optionalNames("\(path).allowed_departments")
    }
}
