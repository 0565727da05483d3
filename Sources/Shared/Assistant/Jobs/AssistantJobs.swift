package import JobQueue

extension JobRegistry {
    /// Every job of the assistant.
    package static func assistant(_ assistant: AssistantParts) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(FeishuEventJob(assistant: assistant))
        registry.register(AnswerJob(assistant: assistant))
        registry.register(MinutesJob(assistant: assistant))
        registry.register(MeetingMinutesJob(assistant: assistant))
        registry.register(MinutesChunkJob(assistant: assistant))
        registry.register(MinutesMergeJob(assistant: assistant))
        registry.register(MinutesDocumentJob(assistant: assistant))
        registry.register(MinutesPublishJob(assistant: assistant))
        registry.register(MinutesRescueJob(assistant: assistant))
        registry.register(MinutesTaskJob(assistant: assistant))
        registry.register(SummariseJob(assistant: assistant))
        registry.register(RememberJob(assistant: assistant))
        // Without plugins another worker takes their tasks.
        if let plugins = assistant.plugins {
            registry.register(SkillRunJob(assistant: assistant, plugins: plugins))
            registry.register(PluginTestJob(host: plugins.host))
        }
        registry.register(EchoJob())
        registry.register(SleepJob())
        registry.register(FailJob())
        return registry
    }
}
