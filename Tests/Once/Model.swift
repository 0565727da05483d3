import JSON
import NIOConcurrencyHelpers
import TestSupport

/// A model whose every sentence says what it answers: which of how many, of which of its runs, to which messages.
///
/// So a text that lacks something, has something twice, or is of two runs is told apart from a whole one.
final class Model: Sendable {
    /// What was asked of it.
    struct Account: Sendable {
        /// The messages that each run was to answer.
        var runs: [Int: [String]] = [:]
        /// What asked for something else, such as a summary.
        var others = 0
    }

    private let seen = NIOLockedValueBox(Account())

    var account: Account { seen.withLockedValue { $0 } }

    func answer(_ request: FakeModelRequest) -> FakeModelAnswer {
        let text = request.text
        let names = text.matches(of: /Q\d{6}/).map { String($0.output) }
        // A summary asks for so few tokens, an answer for none.
        let isSummary = request.body["max_tokens"]?.integer == 800
        guard let last = names.last.flatMap({ Int($0.dropFirst()) }), !isSummary else {
            seen.withLockedValue { $0.others += 1 }
            return .text("A summary.")
        }
        seen.withLockedValue { $0.runs[request.number] = names }
        // One in a hundred is so long that it takes several cards; one in twelve is written slowly, one in six so that
        // a card grows for a moment.
        let (count, pace): (Int, Duration) =
            last % 100 == 7
            ? (700, .zero)
            : last % 12 == 5
                ? (16, .milliseconds(250))
                : last % 6 == 2 ? (12, .milliseconds(120)) : (3, .zero)
        let sentences = (1...count).map { number in
            "(\(number) of \(count), run \(request.number), for \(names.joined(separator: " "))) So it is.\n\n"
        }
        return FakeModelAnswer(tokens: sentences, firstAfter: .milliseconds(50), pace: pace)
    }
}

/// One sentence of the model as somebody reads it.
struct Sentence {
    let number: Int
    let count: Int
    let run: Int
    /// The messages it answers.
    let names: [String]

    /// All that stand in a text, in order.
    static func all(in text: String) -> [Sentence] {
        text.matches(of: /\((\d+) of (\d+), run (\d+), for ([Q0-9 ]+)\)/).map { match in
            Sentence(
                number: Int(match.output.1) ?? 0,
                count: Int(match.output.2) ?? 0,
                run: Int(match.output.3) ?? 0,
                names: match.output.4.split(separator: " ").map(String.init)
            )
        }
    }
}
