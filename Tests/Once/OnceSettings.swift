import Foundation

/// What the environment says about runs of these tests.
enum OnceSettings {
    /// `ONCE_EVENTS`: how many messages people write.
    static let events = number("ONCE_EVENTS") ?? 600
    /// `ONCE_SEED`, else any: repeats the decisions of a run, not its timing.
    static let seed = number("ONCE_SEED").map { UInt64($0) } ?? .random(in: 0...0xFFFF_FFFF)
    /// How long people write. An app may send a thousand replies a minute (Feishu), and a burst of messages gets one.
    static let length = Duration.seconds(max(40, events / 20))
    /// `ONCE_STREAMS`: how many answers a worker has open at once.
    static let streams = number("ONCE_STREAMS") ?? 1_000

    /// Whether the programs are those that `AI_ASSISTANT_BINARIES` names, which `make streams` builds for release.
    static let areProgramsOptimised = ProcessInfo.processInfo.environment["AI_ASSISTANT_BINARIES"] != nil

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
