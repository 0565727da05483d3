import Documents
import Knowledge
import NIOConcurrencyHelpers

/// Searches the files that chats keep.
///
/// Indexes of the latest shelves stay in memory, and are made anew once Redis tells of other files than they were made
/// of: so each worker follows what people told another, and what is forgotten is found no more.
package final class Shelves: Sendable {
    private struct Indexed {
        let documents: [String: ShelfDocument]
        let index: KnowledgeIndex
        let bytes: Int
        /// Counts searches; the smallest is the one that was used longest ago.
        var used: Int
    }

    private struct State {
        var indexed: [Shelf: Indexed] = [:]
        var searches = 0
        var bytes: Int { indexed.values.reduce(0) { $0 + $1.bytes } }
    }

    package let store: RedisShelves
    /// Of the texts that indexes in memory were made of; an index takes a few times as much.
    private let maximumBytes: Int
    private let state = NIOLockedValueBox(State())

    package init(_ store: RedisShelves, maximumBytes: Int = 32 << 20) {
        self.store = store
        self.maximumBytes = maximumBytes
    }

    /// The passages of a chat's files that answer a question best, the best first. One round trip where nothing changed.
    ///
    /// - Throws: `RedisError`.
    func search(_ question: String, on shelf: Shelf, limit: Int) async throws -> [Passage] {
        guard store.bounds.documents > 0, !question.isEmpty else { return [] }
        let documents = try await store.documents(on: shelf)
        guard !documents.isEmpty else {
            state.withLockedValue { $0.indexed[shelf] = nil }
            return []
        }
        let known = state.withLockedValue { state -> KnowledgeIndex? in
            guard var indexed = state.indexed[shelf], indexed.documents == documents else { return nil }
            state.searches += 1
            indexed.used = state.searches
            state.indexed[shelf] = indexed
            return indexed.index
        }
        let index: KnowledgeIndex
        if let known { index = known } else { index = try await makeIndex(of: documents, on: shelf) }
        return index.search(question, limit: limit)
    }

    private func makeIndex(of documents: [String: ShelfDocument], on shelf: Shelf) async throws -> KnowledgeIndex {
        let index = KnowledgeIndex()
        var bytes = 0
        for (id, text) in try await store.texts(of: documents.keys.sorted(), on: shelf) {
            guard let document = documents[id] else { continue }
            index.insert(ReadDocument(text: text, kind: .markdown), named: document.name)
            bytes += text.utf8.count
        }
        keep(index, of: documents, bytes: bytes, on: shelf)
        return index
    }

    /// What was used longest ago makes room.
    private func keep(_ index: KnowledgeIndex, of documents: [String: ShelfDocument], bytes: Int, on shelf: Shelf) {
        state.withLockedValue { state in
            state.searches += 1
            state.indexed[shelf] = Indexed(documents: documents, index: index, bytes: bytes, used: state.searches)
            while state.bytes > maximumBytes, let oldest = state.indexed.min(by: { $0.value.used < $1.value.used }) {
                state.indexed[oldest.key] = nil
            }
        }
    }
}
