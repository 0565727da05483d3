import Feishu
import LanguageModel

/// Lists and forgets the files that a chat keeps.
struct ShelfDesk {
    let store: RedisShelves
    let shelf: Shelf
    let texts: AssistantTexts

    /// What `/files` says, in Markdown.
    ///
    /// - Throws: `RedisError`.
    func list(now: Int64) async throws -> String {
        let documents = try await sorted()
        guard !documents.isEmpty else { return texts.shelfIsEmpty }
        let lines = documents.enumerated().map { index, document in
            let days = max(1, (document.until - now) / 86_400_000)
            return "\(index + 1). \(document.name.plainInMarkdown)" + texts.shelfNote(document.bytes, days: Int(days))
        }
        return texts.shelfList(lines)
    }

    /// Forgets the file of this name or number in the list, or all; says what it did.
    ///
    /// - Throws: `RedisError`.
    func forget(_ which: String?) async throws -> String {
        let documents = try await sorted()
        guard !documents.isEmpty else { return texts.shelfIsEmpty }
        guard let which = which?.trimmed, !which.isEmpty else { return texts.forgetUsage }
        if Self.all.contains(which.lowercased()) {
            return texts.forgotten(try await store.remove(documents.map(\.name), from: shelf))
        }
        let name = documents.first { $0.name.lowercased() == which.lowercased() }?.name
        let number = Int(which).flatMap { documents.indices.contains($0 - 1) ? documents[$0 - 1].name : nil }
        guard let name = name ?? number else { return texts.noSuchFile(which) }
        try await store.remove([name], from: shelf)
        return texts.forgotten(name)
    }

    private static let all: Set = ["all", "全部", "所有"]

    /// By name, so that the numbers of a list hold as long as its files.
    private func sorted() async throws -> [ShelfDocument] {
        try await store.documents(on: shelf).values.sorted { $0.name < $1.name }
    }
}
