// The Swift block of docs/jobqueue/testing.md, literally: `TutorialTests` compares it.
import JobQueue
import JobQueueTesting
import Testing

/// What production code does: it takes a producer, and does not ask where the tasks go.
struct Checkout {
    let producer: JobProducer

    func finish(_ order: String) async throws {
        try await producer.enqueue(SendInvoice.self, .init(order: order))
        try await producer.enqueue(
            AskAboutOrder.self,
            .init(order: order),
            options: EnqueueOptions(delay: .seconds(86_400), deduplicationKey: "review:\(order)")
        )
    }
}

@Test("a finished order gets an invoice now and a question tomorrow")
func finishedOrder() async throws {
    let queue = TestQueue()
    try await Checkout(producer: queue.producer).finish("A-1")
    #expect(try queue.onlyEnqueued(SendInvoice.self).arguments.order == "A-1")
    #expect(try queue.onlyEnqueued(AskAboutOrder.self).delay == .seconds(86_400))
}

@Test("an invoice is sent once the mail server is back, and the question goes out after a day")
func outage() async throws {
    let mails = FakeMailServer(refusing: 1)
    var jobs = JobRegistry()
    jobs.register(SendInvoice(mails: mails))
    jobs.register(AskAboutOrder(mails: mails))
    let queue = TestQueue(jobs: jobs)
    try await Checkout(producer: queue.producer).finish("A-1")

    let attempts = try await queue.runAll()
    #expect(attempts.map(\.outcome) == [.retried(at: queue.now.advanced(by: .seconds(60)))])
    #expect(attempts[0].error is MailServerDown)
    try await queue.advance(by: .seconds(60))
    #expect(await mails.sent == ["invoice for A-1"])

    try await queue.runToEnd()
    #expect(await mails.sent == ["invoice for A-1", "How was A-1?"])
}

struct MailServerDown: Error {}

actor FakeMailServer {
    private var refusals: Int
    private(set) var sent: [String] = []

    init(refusing refusals: Int) { self.refusals = refusals }

    func take(_ mail: String) throws {
        guard refusals == 0 else {
            refusals -= 1
            throw MailServerDown()
        }
        sent.append(mail)
    }
}

struct SendInvoice: Job {
    struct Arguments: Codable, Sendable { let order: String }
    static let name: TaskName = "example.send_invoice"
    static let retry = RetryPolicy.exponential(base: .seconds(60), cap: .seconds(600), maximumRetries: 5)
    let mails: FakeMailServer

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await mails.take("invoice for \(arguments.order)")
        return NoOutput()
    }
}

struct AskAboutOrder: Job {
    struct Arguments: Codable, Sendable { let order: String }
    static let name: TaskName = "example.ask_about_order"
    let mails: FakeMailServer

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await mails.take("How was \(arguments.order)?")
        return NoOutput()
    }
}

@Test("code that waits for its tasks is served")
func serving() async throws {
    var jobs = JobRegistry()
    jobs.register(CountWords())
    let queue = TestQueue(jobs: jobs)
    let total = try await queue.serve {
        let receipt = try await queue.producer.enqueue(CountWords.self, .init(text: "one two three"))
        return try await queue.producer.handle(of: receipt, as: CountWords.self).value(timeout: .seconds(5))
    }
    #expect(total == 3)
}
