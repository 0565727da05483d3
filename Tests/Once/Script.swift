import TestSupport

/// Who writes what where, and when: everything that a seed decides before the storm begins.
struct Script {
    /// One message.
    struct Line: Sendable {
        /// Such as `Q000012`; they rise with time.
        let name: String
        let person: String
        /// The group it is written in; nil for the direct chat.
        let group: String?
        /// Since the beginning.
        let at: Duration
        /// How often its event comes at once.
        let copies: Int

        /// What belongs together: in a group each has a conversation of their own.
        var conversation: String { "\(person) in \(group ?? "private")" }
        var text: String { "\(name), please: what do you think of it?" }
    }

    /// By time.
    let lines: [Line]

    /// `count` messages over `length`, six a conversation, two conversations a person, five persons a group. A third of
    /// them follow another at once.
    init(count: Int, over length: Duration, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var drafts: [(conversation: Int, at: Duration, copies: Int)] = []
        for conversation in 0..<max(1, (count + 5) / 6) {
            var at = Duration.zero
            for number in 0..<min(6, count - drafts.count) {
                if number == 0 || Int.random(in: 0..<3, using: &generator) > 0 {
                    at = length * Double.random(in: 0..<1, using: &generator)
                } else {
                    at += .milliseconds(Int.random(in: 20..<600, using: &generator))
                }
                let copies =
                    Int.random(in: 0..<5, using: &generator) == 0 ? Int.random(in: 2...3, using: &generator) : 1
                drafts.append((conversation, at, copies))
            }
        }
        drafts.sort { ($0.at, $0.conversation) < ($1.at, $1.conversation) }
        lines = drafts.enumerated().map { number, draft in
            let person = draft.conversation / 2
            return Line(
                name: "Q" + String(1_000_000 + number).dropFirst(),
                person: "Person \(person)",
                group: draft.conversation % 2 == 0 ? nil : "Team \(person / 5)",
                at: draft.at,
                copies: draft.copies
            )
        }
    }
}
