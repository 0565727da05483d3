import Knowledge
import LanguageModel

/// Passages that may answer a question, by number, and where an answer names them.
struct Citations: Sendable {
    private static let most = 5

    let passages: [Passage]

    /// What is found for a question; none where nothing fits.
    init(_ question: String, in knowledge: KnowledgeIndex?) {
        passages = question.isEmpty ? [] : knowledge?.search(question, limit: Self.most) ?? []
    }

    /// What the model is told of them; nil where there are none.
    func message(_ texts: AssistantTexts) -> ChatMessage? {
        guard !passages.isEmpty else { return nil }
        let material = passages.enumerated().map { index, passage in
            Material.wrapped(
                passage.text,
                as: "passage",
                [("number", String(index + 1)), ("document", passage.document), ("heading", passage.place)]
            )
        }
        return .system(([texts.citationNote] + material).joined(separator: "\n\n"))
    }

    /// The names of all, in the order of their numbers.
    var names: [String] {
        passages.map { $0.headings.isEmpty ? $0.document : "\($0.document) › \($0.place)" }
    }

    /// The passages themselves, for where no model writes.
    func quotes(_ texts: AssistantTexts) -> String {
        let quotes = passages.enumerated().map { index, passage in
            let lines = passage.text.split(separator: "\n", omittingEmptySubsequences: false)
            return "**[\(index + 1)] \(names[index])**\n" + lines.map { "> \($0)" }.joined(separator: "\n")
        }
        return ([texts.foundPassages] + quotes).joined(separator: "\n\n")
    }

    /// The list of those that an answer names, to stand below it; empty where it names none.
    static func list(of names: [String], citedIn answer: String, _ texts: AssistantTexts) -> String {
        let cited = names.enumerated().filter { index, _ in answer.contains("[\(index + 1)]") }
        guard !cited.isEmpty else { return "" }
        return "\n\n**\(texts.sources)**\n" + cited.map { "- [\($0 + 1)] \($1)" }.joined(separator: "\n")
    }
}

extension Passage {
    fileprivate var place: String { headings.joined(separator: " › ") }
}
