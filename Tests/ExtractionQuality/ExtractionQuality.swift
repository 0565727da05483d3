import ArgumentParser
import FoundationEssentials
import JSON
import LanguageModel
import MeetingMinutes

/// Prints what the product makes of meetings without a model, for a program that knows what is right to judge it.
///
/// One line of JSON for each meeting: `meeting`, `language`, `summary` (lines), `topics` (title and utterances), `windows`
/// (for each question the best ones, first and last utterance), `passages` (how many utterances), `milliseconds`.
/// Utterances are numbered from 1.
@main
struct ExtractionQuality: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extraction-quality",
        abstract: "Summary, topics and answers' places of the meetings in a folder, by extraction."
    )

    @Argument(help: "A folder of meetings, each a JSON file with language, utterances, and questions if it has some.")
    var meetings: String

    @Option(help: "How many windows are looked for.")
    var windows = 5

    func run() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: meetings).filter { $0.hasSuffix(".json") }
        guard !names.isEmpty else { throw ValidationError("\(meetings) holds no meeting") }
        for name in names.sorted() {
            guard let bytes = FileManager.default.contents(atPath: "\(meetings)/\(name)") else {
                throw ValidationError("\(name) cannot be read")
            }
            let meeting = try JSONValue(parsing: [UInt8](bytes))
            print(report(of: meeting, named: String(name.dropLast(5))).text)
        }
    }

    private func report(of meeting: JSONValue, named name: String) -> JSONValue {
        let utterances = (meeting["utterances"]?.array ?? []).enumerated().map { place, utterance in
            Utterance(
                number: place + 1,
                speaker: utterance["speaker"]?.string,
                start: nil,
                text: utterance["text"]?.string ?? ""
            )
        }
        let transcript = Transcript(utterances: utterances)
        let questions = (meeting["questions"]?.array ?? []).compactMap { $0["query"]?.string }
        let clock = ContinuousClock()
        var summary: [Minutes.Line] = []
        var facts: [Fact] = []
        var found: [[Window]] = []
        var passages: [Int] = []
        let extracting = clock.measure {
            summary = GistFinder().lines(of: transcript)
            facts = FactExtractor().facts(of: transcript)
        }
        var index: TranscriptIndex?
        let indexing = clock.measure { index = TranscriptIndex(transcript) }
        let searching = clock.measure {
            for question in questions {
                found.append(index?.search(question, limit: windows) ?? [])
                passages.append(index?.passages(for: question).count ?? 0)
            }
        }
        return [
            "meeting": .string(name),
            "language": .string(transcript.language.rawValue),
            "summary": .array(summary.map { .string($0.text) }),
            "facts": .array(facts.map(Self.value)),
            "windows": .array(
                found.map { .array($0.map { Self.numbers([$0.numbers.lowerBound, $0.numbers.upperBound]) }) }
            ),
            "passages": Self.numbers(passages),
            "milliseconds": [
                "extracting": .double(extracting / .milliseconds(1)),
                "indexing": .double(indexing / .milliseconds(1)),
                "searching": .double(searching / .milliseconds(1)),
            ],
        ]
    }

    private static func value(_ fact: Fact) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(fact.kind.rawValue), "text": .string(fact.text), "utterances": numbers(fact.utterances),
        ]
        if let owner = fact.owner { object["owner"] = .string(owner) }
        if let due = fact.due { object["due"] = .string(due) }
        return .object(object)
    }

    private static func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
}
