import Documents
import Foundation
import Logging
import TestSupport
import Testing

@testable import Knowledge

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("Knowledge folder")
struct KnowledgeFolderTests {
    private func withFolder(_ body: (URL, KnowledgeIndex, KnowledgeFolder) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "knowledge-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let index = KnowledgeIndex()
        let limits = DocumentLimits(inputBytes: 10_000)
        try await body(folder, index, KnowledgeFolder(path: folder.path, index: index, limits: limits, logger: silent))
    }

    private func write(_ text: String, to name: String, in folder: URL) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test("is read once, and again only where it changed")
    func changes() async throws {
        try await withFolder { folder, index, knowledge in
            try write("报销需要发票", to: "a.txt", in: folder)
            try write("出差住酒店", to: "deep/er/b.md", in: folder)
            try write("a,b\n1,2", to: "c.csv", in: folder)
            #expect(await knowledge.refresh() == .init(read: 3))
            #expect(index.search("住酒店").map(\.document) == ["deep/er/b.md"])
            #expect(await knowledge.refresh() == .init())
            try write("报销只要收据就行", to: "a.txt", in: folder)
            try FileManager.default.removeItem(at: folder.appending(path: "deep"))
            #expect(await knowledge.refresh() == .init(read: 1, removed: 1))
            #expect(index.search("收据").count == 1 && index.search("酒店").isEmpty && index.search("发票").isEmpty)
        }
    }

    @Test("leaves out what is hidden, a link, of another kind or too large; what is damaged is tried once")
    func strangeFiles() async throws {
        try await withFolder { folder, index, knowledge in
            let secret = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID()).txt")
            try Data("报销的秘密".utf8).write(to: secret)
            defer { try? FileManager.default.removeItem(at: secret) }
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "l.txt"), withDestinationURL: secret)
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "loop"), withDestinationURL: folder)
            for name in [".hidden.txt", "~$a.docx", "a.png", ".git/a.txt"] { try write("报销", to: name, in: folder) }
            #expect(await knowledge.refresh() == .init())
            try write("%PDF-1.4 nothing", to: "a.pdf", in: folder)
            try write(String(repeating: "x", count: 10_001), to: "large.txt", in: folder)
            #expect(await knowledge.refresh() == .init(failed: 2))
            #expect(await knowledge.refresh() == .init())
            #expect(index.size.documents == 0)
        }
    }

    @Test("that is away for a while keeps what was read of it")
    func away() async throws {
        try await withFolder { folder, index, knowledge in
            try write("报销需要发票", to: "a.txt", in: folder)
            await knowledge.refresh()
            let other = folder.deletingLastPathComponent().appending(path: "away-\(UUID())")
            try FileManager.default.moveItem(at: folder, to: other)
            #expect(await knowledge.refresh() == .init())
            #expect(index.size.documents == 1)
            try FileManager.default.moveItem(at: other, to: folder)
            #expect(await knowledge.refresh() == .init())
        }
    }

    @Test("is looked at when its time has come, and no more once cancelled")
    func running() async throws {
        try await withFolder { folder, index, _ in
            let clock = SteppedClock()
            let knowledge = KnowledgeFolder(path: folder.path, index: index, clock: clock, logger: silent)
            let task = Task { await knowledge.run() }
            try await eventually("it waits") { clock.sleepers == 1 }
            try write("报销需要发票", to: "a.txt", in: folder)
            clock.step()
            try await eventually("it was read") { index.size.documents == 1 }
            try await eventually("it waits again") { clock.sleepers == 1 }
            task.cancel()
            await task.value
        }
    }
}
