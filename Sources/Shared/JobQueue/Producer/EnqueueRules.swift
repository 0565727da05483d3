import JSON
import Redis

/// What the enqueue script is told of a task besides its message.
struct EnqueueRules {
    var unique: Uniqueness?
    var debounce: Debounce?
    /// The list by priority that it goes to; nil for the queue's own.
    var step: Int?

    /// Reads what the options ask for, and notes in `task` what workers must know of it.
    ///
    /// - Throws: `JobQueueError(.invalidOptions)` for a key that is empty or over 256 bytes, and a number or a time out of range.
    mutating func take(_ options: EnqueueOptions, for task: inout NewTask) throws(JobQueueError) {
        func key(_ text: String) throws(JobQueueError) -> String {
            guard let key = KeyText.escaped(text) else {
                throw JobQueueError(.invalidOptions, task: task.name, cause: nil)
            }
            return key
        }
        let areUnitsSane = options.limits.values.allSatisfy { (0...1_000_000_000).contains($0) }
        guard (0...9).contains(options.priority), areUnitsSane, options.debounce == nil || options.delay == nil else {
            throw JobQueueError(.invalidOptions, task: task.name, cause: nil)
        }
        guard options.fairnessKey == nil || options.priority < 3 else {
            throw JobQueueError(.invalidOptions, task: task.name, cause: nil)
        }
        let longest = Duration.seconds(1_000_000_000)
        let limits = [options.timeLimit.soft, options.timeLimit.hard].compactMap { $0 }
        guard limits.allSatisfy({ $0 >= .milliseconds(1) && $0 < longest }) else {
            throw JobQueueError(.invalidOptions, task: task.name, cause: nil)
        }
        task.timeLimit = options.timeLimit
        task.priority = options.priority
        task.fairnessKey = options.fairnessKey
        if options.priority >= 3 { step = options.priority / 3 * 3 }
        if var unique = options.uniqueness {
            unique.key = try key(unique.key)
            self.unique = unique
            if unique.until != .window { task.uniqueness = unique }
        }
        if var debounce = options.debounce {
            debounce.key = try key(debounce.key)
            self.debounce = debounce
        }
    }

    /// What the script is told of a task. The keys are escaped, as they are part of a Redis key.
    ///
    /// - Returns: Nothing where there are no rules for it.
    func bytes(for task: NewTask) -> [UInt8] {
        guard
            unique != nil || debounce != nil || step != nil || task.fairnessKey != nil || task.bodyReference != nil
        else { return [] }
        var object = JSONObject()
        if let unique {
            object["id"] = .string(task.id.rawValue)
            object["unique"] = .string(unique.key)
            object["life"] = .integer(max(1, unique.lifetime.milliseconds))
        }
        if let debounce {
            object["debounce"] = .string(debounce.key)
            object["wait"] = .integer(max(0, debounce.wait.milliseconds))
            object["longest"] = .integer(max(0, debounce.longestWait.milliseconds))
        }
        if let key = task.fairnessKey { object["fair"] = .string(key.rawValue) }
        if let reference = task.bodyReference { object["body"] = .string(reference) }
        if let step { object["step"] = .integer(Int64(step)) }
        return JSONValue.object(object).bytes
    }
}

/// What became of a task that was to be added.
package enum EnqueueFate: Sendable, Hashable {
    case added
    /// One of its keys was seen before.
    case seen
    /// Another task has its unique key.
    case taken(by: TaskID)
    /// The queue is full.
    case refused

    /// Nil for what the script cannot have said.
    init?(_ reply: RedisReply) {
        switch reply {
        case .integer(1): self = .added
        case .integer(0): self = .seen
        case .integer(2): self = .refused
        case .bytes: self = .taken(by: TaskID(reply.string ?? ""))
        default: return nil
        }
    }
}
