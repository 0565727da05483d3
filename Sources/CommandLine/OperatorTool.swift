import ArgumentParser
import Platform

/// The operator's command line.
@main
struct OperatorTool: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "ai-assistant",
        abstract: "Runs, checks and looks into the AI assistant.",
        discussion: """
            Settings come from the command line, the environment, a configuration file and defaults, in this order.
            Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 unreachable.
            """,
        version: BuildInfo.version,
        subcommands: [
            DevCommand.self, HealthcheckCommand.self, DoctorCommand.self, ConfigCommand.self, QueueCommand.self,
            JobCommand.self, DeadCommand.self, WorkerCommand.self, ScheduleCommand.self, LimitCommand.self,
            TurnCommand.self, UsageCommand.self, FeedbackCommand.self, PluginsCommand.self, TokenCommand.self,
            PersonCommand.self, AuditCommand.self, VersionCommand.self,
        ]
    )
}
