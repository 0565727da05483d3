import JSON

/// What a result refers to another by: a task, or a group with its members, and what stood before it
/// (celery.result, `as_tuple` and `result_from_tuple`: `[[id, parent], children]`).
public struct ResultReference: Sendable, Hashable {
    /// Of the task, or of the group.
    public let id: TaskID
    /// The members of a group; nil for a task.
    public let members: [ResultReference]?
    /// None or one, in an array since a value cannot hold itself.
    private let parents: [ResultReference]

    public var parent: ResultReference? { parents.first }

    public init(_ id: TaskID, members: [ResultReference]? = nil, parent: ResultReference? = nil) {
        self.id = id
        self.members = members
        parents = parent.map { [$0] } ?? []
    }

    /// How deep references are read; more is none.
    private static let maximumDepth = 64

    /// Reads what Celery writes; nil for anything else. A text alone is accepted as a task's id.
    init?(_ json: JSONValue, depth: Int = 0) {
        guard depth < Self.maximumDepth else { return nil }
        if let id = json.string {
            self.init(TaskID(id))
            return
        }
        guard let pair = json.array, pair.count == 2, let own = pair[0].array, own.count == 2, let id = own[0].string
        else { return nil }
        var parent: ResultReference?
        if !own[1].isNull {
            guard let read = ResultReference(own[1], depth: depth + 1) else { return nil }
            parent = read
        }
        var members: [ResultReference]?
        if let children = pair[1].array {
            let read = children.compactMap { ResultReference($0, depth: depth + 1) }
            guard read.count == children.count else { return nil }
            members = read
        }
        self.init(TaskID(id), members: members, parent: parent)
    }

    /// Whether its value is a list.
    var isGroup: Bool { members != nil }

    /// With `first` before whatever is the first of it now.
    func following(_ first: ResultReference?) -> ResultReference {
        guard let first else { return self }
        return ResultReference(id, members: members, parent: parent?.following(first) ?? first)
    }

    /// As Celery writes it.
    var json: JSONValue {
        .array([
            .array([.string(id.rawValue), parent?.json ?? .null]),
            members.map { .array($0.map(\.json)) } ?? .null,
        ])
    }

    /// The tasks of a group and of the groups in it, in their order; a task itself.
    package var tasks: [TaskID] { members.map { $0.flatMap(\.tasks) } ?? [id] }
}
