import LanguageModel
import MeetingMinutes

/// A meeting that a question may be about, with what finds its place in it.
struct RecalledMeeting: Sendable {
    let request: MinutesRequest
    /// Nil while they are being made.
    let minutes: Minutes?
    let index: TranscriptIndex
    private let moments: MinutesMoments

    init(_ kept: KeptMinutes) {
        request = kept.request
        minutes = kept.minutes
        let transcript = TranscriptParser().parse(kept.transcript)
        index = TranscriptIndex(transcript)
        moments = MinutesMoments(
            transcript: transcript,
            recording: kept.request.recording,
            document: kept.document
        )
    }

    var transcript: Transcript { index.transcript }

    /// What the meeting is called; nil where nobody says.
    var title: String? {
        [minutes?.title, transcript.title, request.title].compactMap(\.self).first { !$0.isEmpty }
            .map { String($0.prefix(60)) }
    }

    /// How far a question names it by words of its title, from 0 to 1.
    func naming(in question: MinutesQuestion) -> Double {
        title.map { Self.relevance(of: question, to: $0) } ?? 0
    }

    /// Whether a question has words that could be said in the meeting, and nobody said any.
    func isSilent(on question: MinutesQuestion) -> Bool {
        question.kinds.isEmpty && question.hasSubject
            && WrittenLanguage(of: question.text) == transcript.language
            && index.relevance(of: question.text) == 0
    }

    /// The lines of the minutes of the kinds that a question asks for, else of those that say what came out of the meeting:
    /// those that speak of what it is about. All of them where none does though it asks for their kind, where nobody spoke of
    /// it, and where it is about nothing in particular.
    func statements(for question: MinutesQuestion) -> [MinutesStatement] {
        guard let minutes else { return [] }
        let isKnown = !question.kinds.isEmpty
        let all = minutes.statements(
            of: isKnown ? question.kinds : [.summary, .decision, .action, .question]
        )
        let about = all.filter { Self.relevance(of: question, to: $0.text) > 0 }
        let isAboutAll = !question.hasSubject || isSilent(on: question) || isKnown && about.isEmpty
        return isAboutAll ? all : about
    }

    private static func relevance(of question: MinutesQuestion, to text: String) -> Double {
        let line = Utterance(number: 1, speaker: nil, start: nil, text: text)
        return TranscriptIndex(Transcript(utterances: [line])).relevance(of: question.text)
    }

    /// Where utterances stand, in Markdown: `周会 #12 Bob 00:12:03`, leading there; others of them by number behind it.
    func citation(of numbers: [Int], _ texts: AssistantTexts) -> String {
        let cited = numbers.compactMap { transcript[$0] }.prefix(Self.mostCited)
        let title = (title ?? texts.minutesTitle).shownInLine()
        return cited.enumerated().map { index, utterance in
            // Its label begins with the `#`, which marks up nothing there.
            let label =
                "#"
                + (index == 0 ? String(utterance.label.dropFirst()) : "\(utterance.number)").shownInLine(atMost: 200)
            return linked(index == 0 ? "\(title) \(label)" : label, utterance.number)
        }.joined(separator: ", ")
    }

    private static let mostCited = 4

    private func linked(_ label: String, _ number: Int) -> String {
        guard let address = moments.url(of: number), MinutesLines.isAddress(address) else { return label }
        return "[\(label)](\(address))"
    }
}
