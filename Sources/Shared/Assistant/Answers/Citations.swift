import Knowledge
import LanguageModel

/// Passages that may answer a question, by number, and where an answer names them.
struct Citations: Sendable {
    private static let most = 5
    /// How many of them are of the chat's own files where both have an answer.
    private static let mostOfShelf = 3

    let passages: [Passage]

    /// What is found for a question; none where nothing fits.
    ///
    /// - Parameters:
    ///   - question: In the person's words.
    ///   - folder: What everybody may read.
    ///   - shelf: What was found in the files that the chat keeps, the best first.
    init(_ question: String, in folder: KnowledgeIndex?, and shelf: [Passage] = []) {
        let shared = question.isEmpty ? [] : folder?.search(question, limit: Self.most) ?? []
        let own = shelf.prefix(max(Self.mostOfShelf, Self.most - shared.count))
        passages = Array((own + shared).prefix(Self.most))
    }

    /// How many passages are looked for at most.
    static var limit: Int { most }

    /// The passages as the model is shown them; nil where there are none.
    var material: String? {
        guard !passages.isEmpty else { return nil }
        return passages.enumerated().map { index, passage in
            Material.wrapped(
                passage.text,
                as: "passage",
                [("number", String(index + 1)), ("document", passage.document), ("heading", passage.place)]
            )
        }.joined(separator: "\n\n")
    }

    /// The names of all in Markdown, in the order of their numbers.
    var names: [String] {
        passages.map { ($0.headings.isEmpty ? $0.document : "\($0.document) › \($0.place)").plainInMarkdown }
    }

    /// The passages themselves, for where no model writes.
    func quotes(_ texts: AssistantTexts) -> String {
        let quotes = passages.enumerated().map { index, passage in
            let lines = passage.text.split(separator: "\n", omittingEmptySubsequences: false)
            return "**[\(index + 1)] \(names[index])**\n" + lines.map { "> \($0)" }.joined(separator: "\n")
        }
        return ([texts.foundPassages] + quotes).joined(separator: "\n\n")
    }

    /// The list of those that an answer names.
    ///
    /// - Parameters:
    ///   - names: Of all passages, in the order of their numbers.
    ///   - moments: Lines of the list for what it cites of meetings.
    ///   - answer: What may name them.
    ///   - texts: What heads the list.
    /// - Returns: What stands below the answer; empty where it names none.
    static func list(
        of names: [String],
        and moments: [String] = [],
        citedIn answer: String,
        _ texts: AssistantTexts
    ) -> String {
        let cited = names.enumerated().filter { index, _ in answer.contains("[\(index + 1)]") }
        let lines = cited.map { "- [\($0 + 1)] \($1)" } + moments
        return lines.isEmpty ? "" : "\n\n**\(texts.sources)**\n" + lines.joined(separator: "\n")
    }
}

extension Passage {
    fileprivate var place: String { headings.joined(separator: " › ") }
}
