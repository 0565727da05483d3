import Redis

/// One run of the enqueue script, put together task by task.
struct EnqueueRequest {
    /// A script holds up every other client while it runs, so tasks that come together are told in steps of this many.
    static let maximumTasks = 64

    private(set) var keys = RedisArguments()
    private(set) var arguments = RedisArguments()
    /// How many tasks are in it.
    private(set) var count = 0
    private let names: QueueKeys
    private let memory: Duration
    private let origin: String
    private let payload: (any PayloadCoding)?
    private var message: [UInt8] = []

    /// - Parameters:
    ///   - queue: Where all its tasks go.
    ///   - names: What the names of its keys begin with.
    ///   - memory: How long deduplication keys are remembered.
    ///   - origin: Who publishes: `gen<pid>@<host>`.
    ///   - payload: What gives bodies another form; nil where they are plain.
    init(queue: QueueName, in names: BrokerNames, memory: Duration, origin: String, payload: (any PayloadCoding)? = nil)
    {
        self.names = QueueKeys(queue, in: names)
        self.memory = memory
        self.origin = origin
        self.payload = payload
        begin()
    }

    /// Size of the messages so far, with what stands aside, in bytes.
    private(set) var byteCount = 0

    /// Adds a task that is to run no sooner than `due`, unless one of `seenKeys` was seen before.
    mutating func append(
        _ task: NewTask,
        due: WireTime? = nil,
        unlessSeen seenKeys: [String],
        rules: EnqueueRules = EnqueueRules()
    ) {
        var task = task
        if let payload { task = task.encoded(by: payload) }
        for key in seenKeys { keys.append(names.seen(key)) }
        message.removeAll(keepingCapacity: true)
        task.encode(into: &message, origin: origin, at: .now)
        arguments.append(message)
        arguments.append(due?.milliseconds ?? 0)
        arguments.append(seenKeys.count)
        arguments.append(rules.bytes(for: task))
        byteCount += message.count
        if let reference = task.bodyReference, let body = task.encodedBody?.bytes {
            keys.append(names.body(reference))
            arguments.append(body)
            byteCount += body.count
        }
        count += 1
    }

    /// Empties it for the next tasks; its storage is kept.
    mutating func reset() {
        keys.removeAll(keepingCapacity: true)
        arguments.removeAll(keepingCapacity: true)
        count = 0
        byteCount = 0
        begin()
    }

    private mutating func begin() {
        keys.append(names.ready)
        keys.append(names.scheduled)
        keys.append(names.bound)
        arguments.append(memory.milliseconds)
        arguments.append(names.prefix)
    }

    /// What the script says has become of the tasks.
    ///
    /// - Throws: `.unexpectedReply` for what the script cannot have said.
    static func fates(_ reply: RedisReply, of count: Int) throws(RedisError) -> [EnqueueFate] {
        let fates = (reply.array ?? []).compactMap { EnqueueFate($0) }
        guard fates.count == count else { throw RedisError(.unexpectedReply, command: "EVALSHA(enqueue)") }
        return fates
    }
}
