// The program of docs/jobqueue/canvas.md and its test, literally: `TutorialTests` compares them.
import JobQueue
import JobQueueTesting
import Logging
import Redis
import ServiceLifecycle
import TestSupport
import Testing

/// Counts the words of one text.
struct CountWords: Job {
    static let name: TaskName = "words.count"
    static let queue: QueueName = "words"
    static let retry = RetryPolicy.exponential(base: .seconds(1), cap: .seconds(10), maximumRetries: 1)

    struct Arguments: Codable, Sendable { let text: String }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int {
        let words = arguments.text.split(separator: " ")
        guard !words.isEmpty else { throw TaskFailure(type: "EmptyText", message: "there is nothing to count") }
        return words.count
    }
}

/// Adds up what was counted.
struct AddUp: Job {
    static let name: TaskName = "words.add_up"
    static let queue: QueueName = "words"
    /// The first is what the results before it go to.
    static let parameters = ["counts"]

    struct Arguments: Codable, Sendable { let counts: [Int] }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int { arguments.counts.reduce(0, +) }
}

/// Says how many that is.
struct Announce: Job {
    static let name: TaskName = "words.announce"
    static let queue: QueueName = "words"
    static let parameters = ["sum"]

    struct Arguments: Codable, Sendable {
        let sum: Int
        let title: String
    }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        "\(arguments.title): \(arguments.sum) words"
    }
}

/// Is told what failed.
struct NoteFailure: Job {
    static let name: TaskName = "words.note_failure"
    static let queue: QueueName = "words"
    static let parameters = ["task"]

    struct Arguments: Codable, Sendable { let task: TaskID }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        context.logger.error("no count today", metadata: ["failed": "\(arguments.task)"])
        return NoOutput()
    }
}

var wordJobs: JobRegistry {
    var jobs = JobRegistry()
    jobs.register(CountWords())
    jobs.register(AddUp())
    jobs.register(Announce())
    jobs.register(NoteFailure())
    return jobs
}

/// All texts side by side, then one after the other what is made of them.
func announcement(_ title: String, of texts: [String]) throws -> Canvas<String> {
    try CanvasGroup(texts.map { try CountWords.canvas(.init(text: $0)) })
        .then(AddUp.partial(\.counts, .init(counts: [])))
        .then(Announce.partial(\.sum, .init(sum: 0, title: title)))
        .onFailure(NoteFailure.partial(\.task, .init(task: "")))
}

/// A worker and a caller in one process; as many of either as you like may run elsewhere.
func announce(_ title: String, _ texts: [String], on redis: RedisClient, logger: Logger) async throws -> String {
    let worker = JobWorker(
        configuration: WorkerConfiguration(queues: ["words"]),
        registry: wordJobs,
        redis: redis,
        logger: logger
    )
    let services = ServiceGroup(services: [worker], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        let producer = JobProducer(redis: redis)
        let receipt = try await producer.call(announcement(title, of: texts))
        let text = try await producer.handle(of: receipt, as: String.self).value(timeout: .seconds(30))
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return text
    }
}

enum WordCount {
    static func main() async throws {
        let logger = Logger(label: "words")
        let configuration = try RedisConfiguration(url: "redis://127.0.0.1:6379/0")
        let redis = try RedisClient(configuration: configuration, logger: logger)
        defer { redis.close() }
        print(try await announce("Today", ["to be or not", "to be", "that is"], on: redis, logger: logger))
    }
}

@Suite("The program in docs/jobqueue/canvas.md", .timeLimit(.minutes(1)))
struct CanvasProgramTests {
    @Test("on a real Redis it says how many words there are")
    func program() async throws {
        try await RedisServer.with { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            let texts = ["to be or not", "to be", "that is"]
            #expect(try await announce("Today", texts, on: redis, logger: logger) == "Today: 8 words")
        }
    }
}

@Test("the words of all texts are announced")
func announcing() async throws {
    let queue = TestQueue(jobs: wordJobs)
    let receipt = try await queue.producer.call(announcement("Today", of: ["one two", "three"]))
    #expect(try await queue.runNext()?.taskName == CountWords.name)
    #expect(queue.state(of: receipt.resultID) == nil)  // nobody has called it yet

    try await queue.runAll()
    #expect(try queue.onlyEnqueued(AddUp.self).arguments.counts == [2, 1])
    #expect(try queue.result(of: receipt, as: String.self) == "Today: 3 words")
}

@Test("an empty text is tried again, then nothing is announced, and somebody is told")
func nothingToAnnounce() async throws {
    let queue = TestQueue(jobs: wordJobs)
    let receipt = try await queue.producer.call(announcement("Today", of: ["one two", ""]))
    let attempts = try await queue.runToEnd(.returned)
    #expect(attempts.filter { $0.taskName == CountWords.name }.count == 3)
    let failed = try #require(attempts.first { $0.failure?.type == "EmptyText" })
    #expect(queue.enqueuedNames.filter { $0 == AddUp.name }.isEmpty)

    let error = await #expect(throws: TaskFailedError.self) {
        try await queue.producer.handle(of: receipt, as: String.self).value(timeout: .zero)
    }
    let failure = try #require(error?.failure)
    #expect(failure.type == "ChordError")
    #expect(failure.message == "Dependency \(failed.taskID) raised EmptyText('there is nothing to count')")
    let told = try queue.onlyEnqueued(NoteFailure.self).arguments.task  // AddUp's, which all others lead to
    #expect(queue.state(of: told) == .failed(failure))
}
