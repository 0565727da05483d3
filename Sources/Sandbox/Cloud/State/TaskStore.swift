import JSON

/// A task that an app made for people.
struct CloudTask: Sendable {
    struct Member: Sendable, Hashable {
        let id: String
        /// `user` or `app`.
        let type: String
        /// `assignee` or `follower`.
        let role: String
    }

    /// When it is due; of a time only the seconds count, of a date only the day.
    struct Due: Sendable {
        /// Milliseconds since 1970.
        let time: Int64
        let isAllDay: Bool
    }

    let guid: String
    /// The number that people see, such as `t100001`.
    let number: String
    let appID: String
    let summary: String
    let description: String
    let due: Due?
    let members: [Member]
    /// What the maker attached, given back as it came.
    let extra: String
    /// Where it comes from (`origin`), as it was given.
    let origin: JSONValue?
    /// Milliseconds since 1970.
    let created: Int64

    var url: String {
        "https://applink.feishu.cn/client/todo/detail?guid=\(guid)&suite_entity_num=\(number)"
    }
}

/// The tasks, bounded in number; the oldest go first.
struct TaskStore: Sendable {
    private var order = Ring<String>()
    private var tasks: [String: CloudTask] = [:]
    private var made: Int64 = 100_000
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Oldest first.
    var all: [CloudTask] { tasks.values.sorted { ($0.created, $0.number) < ($1.created, $1.number) } }

    subscript(guid: String) -> CloudTask? { tasks[guid] }

    /// The number of the next one.
    mutating func nextNumber() -> String {
        made += 1
        return "t\(made)"
    }

    mutating func append(_ task: CloudTask) {
        tasks[task.guid] = task
        order.append(task.guid)
        if order.count > limit, let oldest = order.popFirst() { tasks[oldest] = nil }
    }
}
