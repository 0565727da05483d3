import Feishu
import JSON
import NIOConcurrencyHelpers

@testable import Assistant

/// Documents that remember what was put into them, and whose calls can fail before or after they did something.
final class FakeDocuments: MinutesDocuments {
    /// A document as it is now.
    struct Document {
        var title = ""
        /// Its blocks of the first level, in their order: id and words.
        var blocks: [(id: String, words: String)] = []
        var members: [DocumentMember] = []

        var words: [String] { blocks.map(\.words) }
    }

    /// What happens at one call, counted from 0 over all.
    enum Fault: Equatable {
        /// Nothing was done.
        case before(Int)
        /// It was done, and nobody heard of it.
        case behind(Int)
    }

    private struct State {
        var documents: [String: Document] = [:]
        var answers: [String: [String: String]] = [:]
        var calls: [String] = []
    }

    private static let lost = FeishuError(kind: .transport, message: "lost", mayHaveHappened: true)

    private let state = NIOLockedValueBox(State())
    private let fault: Fault?
    /// What calls of a name throw.
    private let refusals: [String: FeishuError]
    /// Whether a change under a key that was seen is made again.
    private let forgetsKeys: Bool
    /// Whoever cannot be let in.
    private let strangers: Set<DocumentMember>

    init(
        fault: Fault? = nil,
        refusals: [String: FeishuError] = [:],
        forgetsKeys: Bool = false,
        strangers: Set<DocumentMember> = []
    ) {
        self.fault = fault
        self.refusals = refusals
        self.forgetsKeys = forgetsKeys
        self.strangers = strangers
    }

    var all: [Document] { state.withLockedValue { Array($0.documents.values) } }
    /// Names of all calls, in order.
    var calls: [String] { state.withLockedValue { $0.calls } }

    private func call<Value>(_ name: String, _ body: (inout State) throws -> Value) throws -> Value {
        try state.withLockedValue { state in
            let number = state.calls.count
            state.calls.append(name)
            if let refusal = refusals[name] { throw refusal }
            if fault == .before(number) { throw Self.lost }
            let value = try body(&state)
            if fault == .behind(number) { throw Self.lost }
            return value
        }
    }

    func createDocument(title: String, beside neighbour: String?, ofApp appID: String) async throws -> MinutesPage {
        try call("create") { state in
            let id = "dox\(state.documents.count)"
            state.documents[id] = Document(title: title)
            return MinutesPage(documentID: id, url: "https://feishu.example/docx/\(id)")
        }
    }

    /// Each line a block.
    func blocks(ofMarkdown markdown: String, ofApp appID: String) async throws -> DocumentBlocks {
        try call("convert") { _ in
            DocumentBlocks(markdown.split(separator: "\n").map { WrittenBlock(.text, [.init(String($0))]) })
        }
    }

    func insert(
        _ batch: DocumentBatch,
        into documentID: String,
        at index: Int?,
        ofApp appID: String,
        key: String
    ) async throws -> [String: String] {
        try call("insert") { state in
            guard var document = state.documents[documentID] else { throw FeishuError(kind: .gone, message: "") }
            if !forgetsKeys, let answer = state.answers[key] { return answer }
            var ids: [String: String] = [:]
            var placed: [(id: String, words: String)] = []
            for block in batch.descendants {
                let own = block["block_id"]?.string ?? ""
                ids[own] = "\(key)-\(own)"
                placed.append(("\(key)-\(own)", Self.words(of: block)))
            }
            document.blocks.insert(contentsOf: placed, at: index ?? document.blocks.count)
            state.documents[documentID] = document
            state.answers[key] = ids
            return ids
        }
    }

    func share(
        _ documentID: String,
        with members: [DocumentMember],
        ofApp appID: String
    ) async throws -> DocumentSharing {
        try call("share") { state in
            let admitted = members.filter { !strangers.contains($0) }
            for member in admitted where state.documents[documentID]?.members.contains(member) == false {
                state.documents[documentID]?.members.append(member)
            }
            return DocumentSharing(admitted: admitted.count)
        }
    }

    private static func words(of block: JSONValue) -> String {
        let content = block["text"] ?? block["heading2"]
        return (content?["elements"]?.array ?? []).compactMap { $0["text_run"]?["content"]?.string }.joined()
    }
}
