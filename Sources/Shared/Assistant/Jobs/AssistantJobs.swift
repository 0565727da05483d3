package import JobQueue
package import LanguageModel

extension JobRegistry {
    /// Every job of the assistant. `language` is that of what is said to people who wrote no letter.
    package static func assistant(
        model: any LanguageModel,
        chat: any Chat,
        language: WrittenLanguage = .chinese
    ) -> JobRegistry {
        let voice = Voice(chat: chat, language: language)
        var registry = JobRegistry()
        registry.register(FeishuEventJob(chat: chat))
        registry.register(AnswerJob(model: model, voice: voice))
        registry.register(MinutesJob(model: model, voice: voice))
        registry.register(EchoJob())
        registry.register(SleepJob())
        registry.register(FailJob())
        return registry
    }
}
