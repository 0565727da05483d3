import FakeMinutesModel
import LanguageModel
import MeetingMinutes

/// A meeting after it was parsed and split.
struct Meeting {
    let name: String
    let transcript: Transcript
    let chunks: [Chunk]
    /// What the reference says belongs together, as numbers of the parsed utterances.
    let references: [ClosedRange<Int>]
    /// Turns that parsing made part of the one before, since it did not take a name for one.
    let joinedTurns: Int
    /// Whether the words are all there, be they in one turn or another.
    let isParsedWhole: Bool

    /// - Parameters:
    ///   - file: What is read.
    ///   - orders: Whether somebody in it gives a model orders.
    init(_ file: MeetingFile, orders: Bool) {
        name = file.name
        let parsed = TranscriptParser().parse(file.text)
        let spoken = file.texts.filter { !$0.isEmpty }.count
        joinedTurns = max(0, spoken - parsed.utterances.count)
        isParsedWhole =
            parsed.utterances.reduce(0) { $0 + $1.text.utf8.count } * 100 >= file.texts.reduce(0) { $0 + $1.utf8.count }
            * 99
        transcript = orders ? Self.ordering(parsed) : parsed
        chunks = Chunker().chunks(of: transcript)
        // Without a one-for-one match places are taken as shares of the meeting.
        let count = file.texts.count
        let parsedCount = parsed.utterances.count
        references = file.references.map { range in
            guard parsedCount != count, count > 0 else { return range }
            let first = max(1, range.lowerBound * parsedCount / count)
            return first...max(first, range.upperBound * parsedCount / count)
        }
    }

    /// An order in every 40th utterance, each to cite the one after it.
    private static func ordering(_ transcript: Transcript) -> Transcript {
        let utterances = transcript.utterances.map { utterance in
            guard utterance.number % 40 == 5 else { return utterance }
            let words = Injection.words(citing: min(utterance.number + 1, transcript.utterances.count))
            return Utterance(
                number: utterance.number,
                speaker: utterance.speaker,
                start: utterance.start,
                text: utterance.text + " " + words
            )
        }
        return Transcript(
            utterances: utterances,
            title: transcript.title,
            date: transcript.date,
            keywords: transcript.keywords,
            attendees: transcript.people
        )
    }
}
