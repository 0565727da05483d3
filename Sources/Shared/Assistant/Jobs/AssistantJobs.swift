package import JobQueue
package import LanguageModel

extension JobRegistry {
    /// Every job of the assistant. `language` is that of what is said to people who wrote no letter.
    package static func assistant(
        model: any LanguageModel,
        chat: any Chat,
        language: WrittenLanguage = .chinese
    ) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(FeishuEventJob(chat: chat))
        registry.register(AnswerJob(model: model, chat: chat, language: language))
        registry.register(MinutesJob(model: model, chat: chat, language: language))
        registry.register(EchoJob())
        registry.register(SleepJob())
        registry.register(FailJob())
        return registry
    }
}
