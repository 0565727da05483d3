import LanguageModel

/// What became of a turn, as the task's journal keeps it: with that no model is asked again.
struct WrittenAnswer: Codable, Sendable {
    /// What the model was asked, material included, as the conversation remembers it.
    let asked: String
    var text = ""
    /// Who wrote it.
    var model = ""
    /// `ChatFinish.Reason`.
    var reason = ChatFinish.Reason.stop.rawValue
    var seconds = 0.0
    /// Names of the passages that it may cite, in the order of their numbers.
    var sources: [String] = []
    /// What it cites of meetings, as it is listed below the answer; nil in journals of earlier versions.
    var moments: [String]?
    /// What the person is asked first.
    var pending: PendingCalls?
    /// The file with a conversation that minutes are to be made of, in place of an answer.
    var minutesOf: SentFile?

    init(asked: String) { self.asked = asked }
}

/// An error that is an answer to the person: once it is told, nothing is left to do.
protocol Told: Error {}
