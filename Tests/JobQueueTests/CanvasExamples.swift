import JSON
import Testing

@testable import JobQueue

/// The Swift blocks of docs/jobqueue/canvas.md.
private enum CanvasExamples {
    struct FetchPage: Job {
        static let name: TaskName = "pages.fetch"
        struct Arguments: Codable, Sendable { let page: Int }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { "" }
    }

    struct Summarise: Job {
        static let name: TaskName = "pages.summarise"
        static let parameters = ["texts"]
        struct Arguments: Codable, Sendable {
            let texts: [String]
            let title: String
        }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { "" }
    }

    struct Post: Job {
        static let name: TaskName = "pages.post"
        static let parameters = ["text"]
        struct Arguments: Codable, Sendable { let text: String }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
    }

    struct Apologise: Job {
        static let name: TaskName = "pages.apologise"
        static let parameters = ["task"]
        struct Arguments: Codable, Sendable { let task: TaskID }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
    }

    struct Translate: Job {
        static let name: TaskName = "text.translate"
        struct Arguments: Codable, Sendable { let text: String }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { "" }
    }

    struct Join: Job {
        static let name: TaskName = "text.join"
        static let parameters = ["texts"]
        struct Arguments: Codable, Sendable { let texts: [String] }
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { "" }
    }

    struct TranslateAll: Job {
        static let name: TaskName = "text.translate_all"
        struct Arguments: Codable, Sendable { let text: String }

        func split(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

        func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
            let parts = try split(arguments.text).map { try Translate.canvas(.init(text: $0)) }
            return try context.replace(with: CanvasGroup(parts).then(Join.partial(\.texts, .init(texts: []))))
        }
    }

    static func report(_ producer: JobProducer) async throws {
        let pages = try (1...20).map { try FetchPage.canvas(.init(page: $0)) }
        let report = try CanvasGroup(pages)
            .then(Summarise.partial(\.texts, .init(texts: [], title: "Weekly")))
            .then(Post.partial(\.text, .init(text: "")))
            .onFailure(Apologise.partial(\.task, .init(task: "")))
        try await producer.call(report, deduplicationKey: "report:2026-48")
    }

    static func python(_ producer: JobProducer) async throws {
        let text = Canvas(Signature.task("ocr.read", ["scan.png"], queue: "python"), resultOf: String.self)
        let title = PartialTask(Signature.task("ocr.title", queue: "python"), from: String.self, to: String.self)
        try await producer.call(text.then(title).then(Post.partial(\.text, .init(text: ""))))
    }

    static func spread(_ producer: JobProducer) async throws {
        let first = try FetchPage.canvas(.init(page: 1))
        let both = try first.then(each: [
            Post.partial(\.text, .init(text: "")),
            Post.partial(\.text, .init(text: ""), options: .init(delay: .seconds(60))),
        ])
        try await producer.call(both)
    }
}
