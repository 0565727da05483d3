/// What is wrong with a schedule or a periodic job, as somebody described it; said to who did.
public struct ScheduleProblem: Error, Hashable, CustomStringConvertible {
    /// The part that is wrong, such as `cron`.
    public let field: String
    /// What is wrong with it, and what was expected.
    public let explanation: String

    init(_ field: String, _ explanation: String) {
        self.field = field
        self.explanation = explanation
    }

    public var description: String { "\(field): \(explanation)" }

    /// What somebody wrote, in one short line between quotes, for an explanation.
    static func quote(_ text: some StringProtocol) -> String {
        let shown = text.unicodeScalars.prefix(40).map { scalar in
            scalar.properties.generalCategory == .control || scalar == "\"" ? "·" : String(scalar)
        }
        return "\"\(shown.joined())\(text.unicodeScalars.count > 40 ? "…" : "")\""
    }
}
