/// A piece of a document that answers a question, with where it stands.
package struct Passage: Sendable, Equatable {
    /// Its document's name: in a folder its path, with `/`.
    package let document: String
    /// The headings above it, the outermost first; empty where it stands under none.
    package let headings: [String]
    /// As in the document.
    package let text: String
    /// How well it fits, comparable within one search only.
    package let score: Double
    /// Which of the document's passages it is, from 0.
    package let position: Int

    package init(document: String, headings: [String], text: String, score: Double, position: Int) {
        self.document = document
        self.headings = headings
        self.text = text
        self.score = score
        self.position = position
    }
}
