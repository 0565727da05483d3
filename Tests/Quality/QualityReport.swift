import FakeMinutesModel
import Foundation

/// What the bars are, and which are missed.
struct QualityReport {
    /// The least share of reference topics and segments that cited utterances touch, in the valid mode.
    static let leastCoverage = 0.95
    /// The most that may come through of what a model makes up.
    static let mostLeaks = 0.01
    /// The most of what is right that may be lost.
    static let mostLosses = 0.02

    private(set) var missed: [String] = []
    private var leaked = 0
    private var planted = 0

    static let heading =
        "mode               chunks  facts  repaired  covered  dropped  touched  planted  leaked  tokens  worst"

    /// Takes one mode in, and returns its line.
    mutating func add(_ mode: FakeMinutesModel.Mode, _ tally: Tally) -> String {
        for failure in tally.failures.prefix(5) { missed.append("\(mode.rawValue): \(failure)") }
        if tally.failures.count > 5 { missed.append("\(mode.rawValue): and \(tally.failures.count - 5) more") }
        let coverage = Tally.share(tally.touched, tally.references)
        if mode == .valid {
            if coverage < Self.leastCoverage {
                missed.append("valid: \(percent(coverage)) of the references are touched")
            }
            let losses = Tally.share(tally.stated - tally.kept, tally.stated)
            if losses > Self.mostLosses { missed.append("valid: \(percent(losses)) of what is right was lost") }
        }
        let failing: [FakeMinutesModel.Mode] = [.empty, .refusal, .timeout, .rateLimited]
        if failing.contains(mode), tally.covered < tally.chunks {
            missed.append("\(mode.rawValue): \(tally.chunks - tally.covered) chunks are not said to be covered")
        }
        leaked += tally.leaked
        planted += tally.planted
        let factor = Tally.share(tally.spentTokens, tally.transcriptTokens)
        return [
            mode.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0),
            column(tally.chunks, 7), column(tally.facts, 7), column(tally.repaired, 9), column(tally.covered, 8),
            column(tally.dropped, 8), column(percent(coverage), 8), column(tally.planted, 8), column(tally.leaked, 7),
            column(String(format: "%.2f", factor), 7), column(String(format: "%.2f", tally.worstFactor), 6),
        ]
        .joined(separator: " ")
    }

    /// What holds over all modes.
    mutating func close() {
        let share = Tally.share(leaked, planted)
        if share > Self.mostLeaks {
            missed.append("\(percent(share)) of what was made up came through (\(leaked) of \(planted))")
        }
    }

    private func percent(_ share: Double) -> String { String(format: "%.1f%%", share * 100) }
    private func column(_ value: Int, _ width: Int) -> String { column(String(value), width) }
    private func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
