import JobQueue
import Logging
import Redis
import ServiceLifecycle
import UnixSignals

// The code of the guides in docs/jobqueue, in their order. Compiled, not run; a test compares it with the pages.

/// Charges a card. Twice would be worse than not at all.
struct ChargeCard: Job {
    static let name: TaskName = "shop.charge_card"
    static let timeLimit: Duration = .seconds(30)
    static let hardTimeLimit: Duration = .seconds(45)
    static let retry = RetryPolicy.exponential(base: .seconds(2), cap: .seconds(300), maximumRetries: 4)
        .puttingOff(atMost: 100, for: .seconds(86_400))
    static let afterCrash = CrashPolicy.dead

    struct Arguments: Codable, Sendable { let order: String }

    let charge: @Sendable (_ order: String, _ key: String) async throws -> Void

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await charge(arguments.order, context.taskID.rawValue)
        return NoOutput()
    }

    func retryAdvice(for error: any Error) -> RetryAdvice? {
        switch error as? BankError {
        case .declined: .never
        case .busy(let wait): .after(wait)
        case .closed: .putOff(.seconds(3600))
        case nil: nil
        }
    }
}

enum BankError: Error {
    case declined
    case busy(wait: Duration)
    case closed
}

/// Reads a catalogue that may be long, from a server that may stall.
struct ImportCatalogue: Job {
    static let name: TaskName = "shop.import_catalogue"
    static let timeLimit: Duration = .seconds(4 * 3600)
    static let progress = ProgressDeadlines(firstSign: .seconds(60), betweenSigns: .seconds(20))

    struct Arguments: Codable, Sendable { let supplier: String }

    let rows: @Sendable (_ supplier: String, _ from: Int) -> AsyncThrowingStream<String, any Error>
    let store: @Sendable (_ row: String, _ number: Int) async throws -> Void

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        var number = 0
        for try await row in rows(arguments.supplier, number) {
            context.progress()
            try await store(row, number)
            number += 1
            if context.isStopping { throw JobContext.GiveBack() }
        }
        return NoOutput()
    }
}

/// Renders a page with a C library that now and then does not come back.
struct RenderPage: Job {
    static let name: TaskName = "shop.render_page"
    static let isolation = JobIsolation.childProcess
    static let timeLimit: Duration = .seconds(60)

    struct Arguments: Codable, Sendable { let page: String }

    let render: @Sendable (String) -> String

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String { render(arguments.page) }
}

/// Hands the trace of who enqueues on to the attempts.
struct Tracing: EnqueueMiddleware, RunMiddleware {
    @TaskLocal static var trace: String?

    func prepare(_ task: inout OutgoingTask) { task.headers["trace"] = Self.trace ?? task.id.rawValue }

    func run(_ context: JobContext, _ next: () async throws -> Void) async throws {
        try await Self.$trace.withValue(context.header("trace")) { try await next() }
    }
}

/// Has a card charged once, however often Redis does not confirm.
func charge(_ order: String, _ producer: JobProducer) async throws {
    let options = EnqueueOptions(deduplicationKey: "charge:\(order)", taskID: TaskID("charge-\(order)"))
    for wait in [1, 2, 4, 8] {
        do {
            try await producer.enqueue(ChargeCard.self, .init(order: order), options: options)
            return
        } catch {
            guard error.code == .unavailable else { throw error }
            try await Task.sleep(for: .seconds(wait))
        }
    }
    try await producer.enqueue(ChargeCard.self, .init(order: order), options: options)
}

/// Reads a feed again, unless that is under way.
struct RefreshFeed: Job {
    static let name: TaskName = "news.refresh_feed"

    struct Arguments: Codable, Sendable { let feed: String }

    let refresh: @Sendable (String) async throws -> Void

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await refresh(arguments.feed)
        return NoOutput()
    }
}

/// The task that refreshes the feed: a new one, or the one that is there already.
func refresh(_ feed: String, _ producer: JobProducer) async throws -> TaskID {
    let receipt = try await producer.enqueue(
        RefreshFeed.self,
        .init(feed: feed),
        options: EnqueueOptions(uniqueness: Uniqueness(key: "feed:\(feed)", until: .ended, lifetime: .seconds(3600)))
    )
    return receipt.existing ?? receipt.taskID
}

/// Writes the minutes of a meeting with a model, and streams them to whoever watches.
struct WriteMinutes: Job {
    static let name: TaskName = "example.write_minutes"
    static let timeLimit: Duration = .seconds(900)
    /// A model that stalls is asked again long before that.
    static let progress = ProgressDeadlines(firstSign: .seconds(60), betweenSigns: .seconds(20))
    static let retry = RetryPolicy.exponential(base: .seconds(2), cap: .seconds(300), maximumRetries: 4)
    static let afterCrash = CrashPolicy.resume
    static let streamsOutput = true

    struct Arguments: Codable, Sendable { let recording: String }

    let transcribe: @Sendable (String) async throws -> String
    let write: @Sendable (String) -> AsyncThrowingStream<String, any Error>

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        // Paid for once, whatever becomes of this attempt.
        let transcript = try await context.step("transcribe") { try await transcribe(arguments.recording) }
        if context.isStopping { throw JobContext.GiveBack() }
        let output = try context.output
        try await output.cut()  // What an attempt before this one wrote is written anew.
        for try await piece in write(transcript) {
            context.progress()
            try await output.append(piece)
        }
        return NoOutput()
    }
}

/// All that a task writes, once it has ended.
func text(of id: TaskID, in queue: QueueName, _ producer: JobProducer) async throws -> String {
    var bytes: [UInt8] = []
    for try await chunk in producer.output(of: id, in: queue) {
        bytes.removeSubrange(chunk.offset...)  // Empty, but where the task has cut its output off.
        bytes += chunk.bytes
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Answers what was said in a conversation.
struct AnswerChat: Job {
    static let name: TaskName = "chat.answer"

    struct Arguments: Codable, Sendable { let message: String }

    let answer: @Sendable ([String]) async throws -> String

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        let waiting = try await context.absorb(Self.self)
        return try await answer([arguments.message] + waiting.map(\.arguments.message))
    }
}

/// Has a message answered after those before it in its conversation.
func answer(_ message: String, in conversation: String, _ producer: JobProducer) async throws {
    guard let key = OrderingKey(conversation) else { throw NoConversation() }
    try await producer.enqueue(
        AnswerChat.self,
        .init(message: message),
        options: EnqueueOptions(queue: "chat", orderingKey: key, whileBusy: .queue)
    )
}

struct NoConversation: Error {}

/// What the fleet may do, whoever enqueues.
func defineLimits(of queue: QueueName, _ redis: RedisClient) async throws {
    let limits = QueueLimits(redis: redis)
    // Four at once of one job.
    try await limits.set(QueueLimit(concurrency: 4), for: .task(Translate.name), in: queue)
    // 60,000 units a minute of one thing.
    if let model = LimitName("model:large") {
        try await limits.set(QueueLimit(rate: .init(60_000, per: .seconds(60))), for: model, in: queue)
    }
    // For each tenant: two at once, and 100 tasks a minute, 20 of them in one go.
    if let tenants = LimitName.all("tenant") {
        let limit = QueueLimit(concurrency: 2, rate: .init(100, per: .seconds(60), burst: 20))
        try await limits.set(limit, for: tenants, in: queue)
    }
}

/// Translates a text with a model that is paid by the token, and shared.
struct Translate: Job {
    static let name: TaskName = "docs.translate"

    struct Arguments: Codable, Sendable {
        let text: String
        let tenant: String
    }

    let translate: @Sendable (String) async throws -> (text: String, tokens: Int)

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        let (text, tokens) = try await translate(arguments.text)
        // What it really cost, in place of what it was thought to.
        if let model = LimitName("model:large") { context.spent(tokens, of: model) }
        return text
    }

    func retryAdvice(for error: any Error) -> RetryAdvice? {
        guard let error = error as? TooManyRequests, let model = LimitName("model:large") else { return nil }
        return .rest(model, for: error.retryAfter)  // For everybody, and no attempt is spent.
    }
}

struct TooManyRequests: Error { let retryAfter: Duration }

func translate(_ text: String, for tenant: String, _ producer: JobProducer) async throws {
    var limits: [LimitName: Int] = [:]
    if let model = LimitName("model:large") { limits[model] = text.utf8.count / 3 }
    if let tenant = LimitName("tenant:\(tenant)") { limits[tenant] = 1 }
    try await producer.enqueue(
        Translate.self,
        .init(text: text, tenant: tenant),
        options: EnqueueOptions(limits: limits)
    )
}

/// Exports the data of a tenant, however many exports others have put into the queue before.
func export(for tenant: String, _ producer: JobProducer) async throws {
    try await producer.enqueue(
        ExportData.self,
        .init(tenant: tenant),
        options: EnqueueOptions(fairnessKey: FairnessKey(tenant))
    )
}

/// Three tasks of one who pays for it, for each of another's.
func prefer(_ tenant: String, _ redis: RedisClient) async throws {
    guard let key = FairnessKey(tenant) else { return }
    try await FairTurns(redis: redis).setWeight(3, for: key, in: ExportData.queue)
}

/// Exports the data of one tenant.
struct ExportData: Job {
    static let name: TaskName = "example.export_data"

    struct Arguments: Codable, Sendable { let tenant: String }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
}

/// Reads a feed again once it has not changed for five seconds, after a minute in any case.
func feedChanged(_ feed: String, _ producer: JobProducer) async throws {
    try await producer.enqueue(
        RefreshFeed.self,
        .init(feed: feed),
        options: EnqueueOptions(
            debounce: Debounce(key: "refresh:\(feed)", wait: .seconds(5), longestWait: .seconds(60))
        )
    )
}

/// A worker for jobs of minutes.
func steadyWorker(
    on redis: RedisClient,
    jobs: JobRegistry,
    quiet: QuietRequest,
    logger: Logger
) -> JobWorker {
    var configuration = WorkerConfiguration(queues: ["interactive", "background"], concurrency: 400)
    configuration.queueOrder = .weighted([4, 1])
    configuration.gracePeriod = .seconds(120)
    return JobWorker(
        configuration: configuration,
        registry: jobs,
        redis: redis,
        durability: .replicated,
        logger: logger,
        quiet: quiet
    )
}

/// Takes no more tasks once SIGUSR1 has come.
struct QuietOnSignal: Service {
    let quiet: QuietRequest

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr1).cancelOnGracefulShutdown() { quiet.ask() }
    }
}

/// Takes a queue out of service, has its failures run again once `repaired` returns, and opens it.
func repair(_ queue: QueueName, _ redis: RedisClient, repaired: () async throws -> Void) async throws {
    let control = QueueControl(redis: redis)
    _ = try await control.pause(queue, as: QueuePause(by: "repair", reason: "the bank changed its interface"))
    try await repaired()
    let failed = DeadLetterFilter(task: ChargeCard.name, errorType: "BankError")
    let moves = try await control.retryDeadLetters(of: queue, matching: failed)
    let survey = try await QueueInspector(redis: redis).depths(of: [queue])[0].survey
    print("\(moves.moved) run again, \(survey.ready) wait, \(survey.dead) stay dead")
    _ = try await control.resume(queue)
}
