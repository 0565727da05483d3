extension Utterance {
    /// `#12 Bob 00:12:03`: what minutes cite it by, and what stands before its words where they are shown.
    package var label: String {
        ["#\(number)", speaker, start.map(Self.clock)].compactMap { $0 }.joined(separator: " ")
    }

    /// Seconds as hours, minutes and seconds.
    static func clock(_ seconds: Int) -> String {
        [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    }
}
