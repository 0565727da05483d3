package import Documents
import NIOConcurrencyHelpers

/// Documents to be searched for passages that answer a question, in memory.
///
/// One for a folder that all may read; for files that somebody sent, one of their own each, which costs little to make:
/// what is in an index is found by everybody who searches it.
package final class KnowledgeIndex: Sendable {
    /// What there is.
    package struct Size: Sendable, Equatable {
        package let documents: Int
        package let passages: Int
        package let terms: Int
    }

    /// Passages in all; a document that does not fit is cut.
    package let maximumPassages: Int

    private let state = NIOLockedValueBox(PassageIndex())
    private let splitter = PassageSplitter()

    package init(maximumPassages: Int = 50_000) { self.maximumPassages = maximumPassages }

    /// Adds a document, in place of one of its name.
    ///
    /// - Returns: Whether all of it fitted.
    @discardableResult
    package func insert(_ document: ReadDocument, named name: String) -> Bool {
        let indexed = IndexedDocument(
            name: name,
            text: document.text,
            splitter: splitter,
            maximumPassages: maximumPassages
        )
        return state.withLockedValue { index in
            let room = maximumPassages - index.passageCount + index.passages(of: name)
            index.insert(indexed.first(room))
            return indexed.entries.count <= room
        }
    }

    /// Takes a document out; nothing happens where there is none of that name.
    package func remove(_ name: String) { _ = state.withLockedValue { $0.remove(name) } }

    /// The passages that answer a question best, the best first.
    ///
    /// A passage must speak of a good part of what is asked, so there may be none. Takes about a millisecond for 10,000
    /// passages; safe from any thread.
    ///
    /// - Parameters:
    ///   - question: in Chinese or English; its first 1,000 characters count.
    ///   - limit: how many at most.
    /// - Returns: Passages, none of them twice.
    package func search(_ question: String, limit: Int = 5) -> [Passage] {
        // A copy of the references; the search itself keeps nobody waiting.
        let index = state.withLockedValue { $0 }
        return index.search(question, limit: limit)
    }

    package var size: Size {
        state.withLockedValue { Size(documents: $0.documentCount, passages: $0.passageCount, terms: $0.termCount) }
    }
}

extension IndexedDocument {
    fileprivate func first(_ count: Int) -> IndexedDocument {
        entries.count <= count ? self : IndexedDocument(name: name, entries: Array(entries.prefix(max(0, count))))
    }
}
