import Assistant
import LanguageModel
import MeetingMinutes
import Platform

extension AssistantProfiles {
    /// As configured.
    ///
    /// - Parameter configuration: All of it; templates of minutes have a section of their own.
    /// - Throws: Everything that is wrong with these.
    init(_ configuration: Configuration) throws(MinutesTemplateProblems) {
        var base = AssistantSettings(configuration.assistant)
        base.minutesTemplates = try MinutesTemplates(
            described: configuration.minutes.templates.map(\.fields),
            namedBy: configuration.namedTemplates
        )
        base.minutesTemplate = configuration.minutes.template
        self.init(
            base: base,
            rules: configuration.assistant.profiles.map { profile in
                Rule(appID: profile.appID, chats: Set(profile.chats)) { $0.apply(profile) }
            }
        )
    }
}

extension AssistantSettings {
    init(_ configuration: Configuration.Assistant) {
        self.init()
        language = WrittenLanguage(rawValue: configuration.language) ?? .chinese
        prompt = configuration.prompt
        historyTokens = configuration.historyTokens
        sharesGroupHistory = configuration.sharesGroupHistory
        late = configuration.lateAfter
        whileBusy = WhileBusy(rawValue: configuration.whileBusy) ?? .queue
        groupPolicy = GroupPolicy(rawValue: configuration.groupPolicy) ?? .mention
        keywords = configuration.keywords
        answersEveryone = configuration.answersEveryone
        allowed.users = Set(configuration.allowedUsers)
        allowed.departments = Set(configuration.allowedDepartments)
        allowed.chats = Set(configuration.allowedChats)
    }

    fileprivate mutating func apply(_ profile: Configuration.AssistantProfile) {
        prompt = profile.prompt ?? prompt
        model = profile.model ?? model
        temperature = profile.temperature ?? temperature
        maximumTokens = profile.maximumTokens ?? maximumTokens
        language = profile.language.flatMap { WrittenLanguage(rawValue: $0) } ?? language
        groupPolicy = profile.groupPolicy.flatMap { GroupPolicy(rawValue: $0) } ?? groupPolicy
        keywords = profile.keywords ?? keywords
        answersEveryone = profile.answersEveryone ?? answersEveryone
        plugins = profile.plugins.map(PluginChoice.init) ?? plugins
        minutesTemplate = profile.minutesTemplate ?? minutesTemplate
        whileBusy = profile.whileBusy.flatMap { WhileBusy(rawValue: $0) } ?? whileBusy
        if profile.allowedUsers != nil || profile.allowedDepartments != nil {
            allowed.users = Set(profile.allowedUsers ?? [])
            allowed.departments = Set(profile.allowedDepartments ?? [])
        }
    }
}
