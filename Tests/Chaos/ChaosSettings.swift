import Foundation

/// What the environment says about runs of these tests.
enum ChaosSettings {
    /// `CHAOS_SEED`, else any.
    static let seed = number("CHAOS_SEED").map { UInt64($0) } ?? .random(in: 0...0xFFFF_FFFF)
    /// `CHAOS_SECONDS`: how long storms last, all together.
    static let storms = Duration.seconds(number("CHAOS_SECONDS") ?? 40)
    /// `SOAK_MINUTES`: how long the soak lasts; none without it.
    static let soakMinutes = number("SOAK_MINUTES")

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
