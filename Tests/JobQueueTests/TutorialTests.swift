import Foundation
import JobQueue
import Logging
import Redis
import ServiceLifecycle
import TestSupport
import Testing
import UnixSignals

// The code of docs/jobqueue/tutorial.md, whole: every Swift block of the page stands here word for word.

/// A mail, and what makes it the same mail when it is sent again.
struct Mail: Sendable {
    let address: String
    let text: String
    let key: String
}

typealias SendMail = @Sendable (Mail) async throws -> Void

/// Sends the receipt of an order.
///
/// Safe to run twice: the mail service drops a second mail with the same key.
struct SendReceipt: Job {
    static let name: TaskName = "shop.send_receipt"
    static let queue: QueueName = "mail"
    /// So that a caller in Python may leave the names away.
    static let parameters = ["order", "address"]
    static let retry = RetryPolicy.exponential(base: .milliseconds(200), cap: .seconds(60), maximumRetries: 5)

    struct Arguments: Codable, Sendable {
        let order: String
        let address: String
    }

    let sendMail: SendMail

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        let text = "Your receipt for order \(arguments.order)"
        try await sendMail(Mail(address: arguments.address, text: text, key: context.taskID.rawValue))
        return "receipt of \(arguments.order) is out"
    }
}

/// Called by the server's handler once an order is paid, however often the bank tells.
func orderWasPaid(_ order: String, by address: String, _ producer: JobProducer) async throws -> EnqueueReceipt {
    try await producer.enqueue(
        SendReceipt.self,
        .init(order: order, address: address),
        options: EnqueueOptions(deduplicationKey: "receipt:\(order)")
    )
}

/// The mail service did not take a mail.
struct MailRefused: RetryAdvising {
    /// Whether it will never take it: there is no such address.
    let isFinal: Bool

    var retryAdvice: RetryAdvice { isFinal ? .never : .byPolicy }
}

/// Asks a customer for a review.
struct AskForReview: Job {
    static let name: TaskName = "shop.ask_for_review"
    static let queue: QueueName = "mail"

    struct Arguments: Codable, Sendable { let address: String }

    let sendMail: SendMail

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let mail = Mail(address: arguments.address, text: "How do you like it?", key: context.taskID.rawValue)
        try await sendMail(mail)
        return NoOutput()
    }
}

/// Has it sent after `wait`, and not at all where that is a day late.
func askForReview(by address: String, after wait: Duration, _ producer: JobProducer) async throws {
    try await producer.enqueue(
        AskForReview.self,
        .init(address: address),
        options: EnqueueOptions(delay: wait, expiresAfter: wait + .seconds(86_400))
    )
}

func shopWorker(on redis: RedisClient, logger: Logger, sendMail: @escaping SendMail) -> JobWorker {
    var registry = JobRegistry()
    registry.register(SendReceipt(sendMail: sendMail))
    registry.register(AskForReview(sendMail: sendMail))
    return JobWorker(
        configuration: WorkerConfiguration(queues: ["mail"], concurrency: 50),
        registry: registry,
        redis: redis,
        logger: logger
    )
}

enum ShopWorker {
    static func main() async throws {
        let logger = Logger(label: "shop-worker")
        let configuration = try RedisConfiguration(url: "redis://127.0.0.1:6379/0")
        let redis = try RedisClient(configuration: configuration, logger: logger)
        defer { redis.close() }
        let worker = shopWorker(on: redis, logger: logger) { mail in
            logger.info("mail sent", metadata: ["key": "\(mail.key)"])
        }
        try await ServiceGroup(
            services: [worker],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}

/// A mail service that is busy at first, and does not know everybody.
private actor MailService {
    private(set) var mails: [Mail] = []
    private(set) var calls = 0

    func take(_ mail: Mail) throws {
        calls += 1
        if calls == 1 { throw MailRefused(isFinal: false) }
        if mail.address == "nobody@example.com" { throw MailRefused(isFinal: true) }
        mails.append(mail)
    }
}

@Suite("The tutorial in docs/jobqueue", .timeLimit(.minutes(1)))
struct TutorialTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("its programs do on a real Redis what the page says")
    func programs() async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            let service = MailService()
            let worker = shopWorker(on: redis, logger: logger) { try await service.take($0) }
            let group = ServiceGroup(services: [worker], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await use(redis, service)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(try await redis.send(RedisCommand("EXISTS", "{mail}:workers")).integer == 0)
        }
    }

    private func use(_ redis: RedisClient, _ service: MailService) async throws {
        let producer = JobProducer(redis: redis)
        let receipt = try await orderWasPaid("A-1", by: "ada@example.com", producer)
        #expect(try await orderWasPaid("A-1", by: "ada@example.com", producer).isDuplicate)
        try await eventually("the retry sends the receipt") { await service.mails.count == 1 }
        let mail = await service.mails[0]
        #expect(mail.key == receipt.taskID.rawValue)
        #expect(await service.calls == 2)
        try await eventually("the result") {
            let key = "celery-task-meta-\(receipt.taskID)"
            let result = try await redis.send(RedisCommand("GET", key)).string ?? ""
            return result.contains("\"SUCCESS\"") && result.contains("receipt of A-1 is out")
        }

        _ = try await orderWasPaid("A-2", by: "nobody@example.com", producer)
        try await eventually("the dead letter") {
            try await redis.send(RedisCommand("LLEN", "{mail}:dead")).integer == 1
        }

        try await askForReview(by: "ada@example.com", after: .milliseconds(200), producer)
        try await eventually("the scheduled one") { await service.mails.last?.text == "How do you like it?" }

        _ = try await redis.send(RedisCommand("LPUSH", "mail", fromPython("A-3", "eve@example.com")))
        try await eventually("the one from Python") { await service.mails.last?.address == "eve@example.com" }
    }

    /// What `send_task` of the page's Python program pushes.
    private func fromPython(_ order: String, _ address: String) -> String {
        let workflow = #"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}"#
        let body = #"[["\#(order)", "\#(address)"], {}, \#(workflow)]"#
        let encoded = Data(body.utf8).base64EncodedString()
        let headers = #"{"lang": "py", "task": "shop.send_receipt", "id": "from-python", "eta": null, "retries": 0}"#
        let properties = #"{"body_encoding": "base64", "delivery_tag": "1", "priority": 0}"#
        return """
            {"body": "\(encoded)", "content-encoding": "utf-8", "content-type": "application/json", \
            "headers": \(headers), "properties": \(properties)}
            """
    }

    @Test(
        "every Swift block of a page stands in a file that is compiled",
        arguments: [
            ("tutorial", "TutorialTests"), ("retries-and-failures", "GuideExamples"), ("once", "GuideExamples"),
            ("order-and-limits", "GuideExamples"), ("operating", "GuideExamples"), ("payload", "PayloadExamples"),
            ("testing", "TestingExamples"), ("scaling", "ScalingExamples"), ("periodic", "PeriodicExamples"),
            ("canvas", "CanvasExamples CanvasProgram"),
        ]
    )
    func page(name: String, file: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let pages = folder.appendingPathComponent("../../docs/jobqueue").standardized
        let source = try file.split(separator: " ")
            .map { try unindented(folder.appendingPathComponent($0 + ".swift")) }.joined(separator: "\n")
        let parts = try unindented(pages.appendingPathComponent(name + ".md")).components(separatedBy: "```swift\n")
        #expect(parts.count > 1)
        for part in parts.dropFirst() {
            let block = part.components(separatedBy: "\n```")[0]
            #expect(source.contains("\n" + block + "\n"))
        }
    }

    /// The lines of a file without their indentation.
    private func unindented(_ file: URL) throws -> String {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    }
}
