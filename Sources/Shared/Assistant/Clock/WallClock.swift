import FoundationEssentials

/// The time of day, for what people see; waiting has clocks of its own.
package enum WallClock {
    /// Milliseconds since 1970.
    package static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
