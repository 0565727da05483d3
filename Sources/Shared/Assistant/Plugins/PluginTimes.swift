import Cryptography
import JobQueue
package import Logging
import Plugins
package import Redis

/// The times of plugins, as periodic jobs of the queue: one for each chat.
package enum PluginTimes {
    /// Whose the periodic jobs are that come from plugins.
    package static let owner = "plugins"
    private static let catchUp: Duration = .seconds(1_800)

    /// Has plugins called at their times.
    ///
    /// - Parameters:
    ///   - host: Knows the plugins.
    ///   - appID: The app whose chats their manifests name.
    ///   - zone: Whose clocks the times are of, in the tz database's name.
    ///   - redis: The client; whoever made it runs it.
    ///   - logger: Hears of what was brought, and of what went wrong.
    /// - Returns: The service that does it.
    package static func following(
        _ host: any PluginHost,
        appID: String,
        zone: String,
        redis: RedisClient,
        logger: Logger
    ) -> PeriodicFollowing {
        PeriodicFollowing(owner: owner, redis: redis, interval: .seconds(1), logger: logger) {
            // A worker that starts would else take away the times of all, and with them what it is to make up for.
            let board = host.board
            return board.isKnown ? jobs(of: board, appID: appID, zone: zone, logger: logger) : nil
        }
    }

    /// What makes them happen. A time that cannot be used is left out and logged: it keeps no other from happening.
    static func jobs(of board: PluginBoard, appID: String, zone: String, logger: Logger) -> PeriodicJobs {
        var jobs = PeriodicJobs()
        for plugin in board.plugins where plugin.isEnabled {
            for trigger in plugin.manifest.triggers {
                guard case .schedule(let name, let cron, let chatIDs) = trigger else { continue }
                for chatID in chatIDs {
                    do throws(ScheduleProblem) {
                        try jobs.add(
                            try job(plugin.name, name, chatID, appID: appID, on: try .cron(cron, zone: zone))
                        )
                    } catch {
                        logger.error(
                            "a time of a plugin cannot be used",
                            metadata: ["plugin": "\(plugin.name)", "problem": "\(error)"]
                        )
                    }
                }
            }
        }
        return jobs
    }

    private static func job(
        _ plugin: PluginName,
        _ schedule: String,
        _ chatID: String,
        appID: String,
        on time: Schedule
    ) throws(ScheduleProblem) -> PeriodicJob {
        let arguments = SkillRunJob.Arguments(
            plugin: plugin,
            cause: .schedule(name: schedule),
            appID: appID,
            chatID: chatID
        )
        // Names of schedules may be in any script, those of periodic jobs not.
        let mark = Hex.encode(Array(SHA256.hash(Array("\(schedule)\u{0}\(chatID)".utf8)).prefix(8)))
        let subject = "plugins:\(plugin):\(mark)"
        var job = try PeriodicJob(subject, SkillRunJob.self, arguments, on: time)
        job.source = .configuration
        job.orderingKey = arguments.lane
        job.catchUpWithin = catchUp
        job.seenAs = subject
        return job
    }
}
