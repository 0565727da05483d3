import Documents
import Testing

@testable import Knowledge

@Suite("Knowledge index")
struct KnowledgeIndexTests {
    private func document(_ text: String) -> ReadDocument { ReadDocument(text: text, kind: .markdown) }

    @Test("says where a passage stands")
    func places() {
        let index = KnowledgeIndex()
        index.insert(
            document("# Travel\n\nintro words\n\n## Hotels\n\nA hotel costs at most 600 yuan."),
            named: "a/b.md"
        )
        let passage = index.search("hotel yuan").first
        #expect(passage?.document == "a/b.md" && passage?.headings == ["Travel", "Hotels"] && passage?.position == 1)
        #expect(passage?.text == "A hotel costs at most 600 yuan.")
    }

    @Test("finds what a document said last, and nothing of what is gone")
    func replacing() {
        let index = KnowledgeIndex()
        index.insert(document("报销需要发票"), named: "a")
        index.insert(document("出差住酒店"), named: "b")
        index.insert(document("报销需要收据"), named: "a")
        #expect(index.search("发票").isEmpty && index.search("收据").map(\.document) == ["a"])
        index.remove("a")
        index.remove("never there")
        #expect(index.search("报销收据").isEmpty && index.search("酒店").count == 1)
        #expect(index.size.documents == 1 && index.size.passages == 1)
    }

    @Test("stays right through many changes, and forgets what is gone")
    func churn() {
        let index = KnowledgeIndex()
        for round in 0..<40 {
            for number in 0..<60 { index.insert(document("topic\(number) round\(round) common"), named: "d\(number)") }
        }
        #expect(index.size.passages == 60)
        #expect(index.size.terms < 60 + 40 + 70)
        #expect(index.search("topic7 round39").map(\.document).first == "d7")
        #expect(index.search("round3").isEmpty)
    }

    @Test("holds no more passages than it may, and says when a document does not fit")
    func bound() {
        let index = KnowledgeIndex(maximumPassages: 3)
        #expect(index.insert(document("# a\none\n# b\ntwo"), named: "1"))
        #expect(!index.insert(document("# a\nthree\n# b\nfour"), named: "2"))
        #expect(index.size.passages == 3)
        // In its own place there is room.
        #expect(index.insert(document("# a\nfive\n# b\nsix"), named: "1"))
    }

    @Test(
        "answers strange questions with nothing",
        arguments: ["", " \n", "？！", "的了吗", String(repeating: "x", count: 100_000)]
    )
    func strange(_ question: String) {
        let index = KnowledgeIndex()
        index.insert(document("报销需要发票"), named: "a")
        #expect(index.search(question).isEmpty)
        #expect(index.search("发票", limit: 0).isEmpty)
    }
}
