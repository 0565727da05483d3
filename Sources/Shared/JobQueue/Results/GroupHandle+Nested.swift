/// A member of a group: a task, or a group in the group.
public enum GroupMember<Output: Decodable & Sendable>: Sendable {
    case task(TaskHandle<Output>)
    case group(GroupHandle<Output>)

    /// Of the task, or of the group.
    public var id: TaskID {
        switch self {
        case .task(let task): task.id
        case .group(let group): group.id
        }
    }
}

/// Groups in groups, as `GroupResult` of Python has them. They come of members that end in a group: a chain whose last
/// step is one. Groups that are members themselves are flattened by whoever calls them, as in Celery.
extension GroupHandle {
    /// The members as they are grouped; ``members`` has the tasks alone.
    public var nested: [GroupMember<Output>] {
        (reference.members ?? [reference]).map { member in
            member.isGroup
                ? .group(GroupHandle(member, in: store)) : .task(TaskHandle(ResultReference(member.id), in: store))
        }
    }

    /// Waits as ``values(timeout:)``, and returns what the members returned in the form in which they are grouped: a list in
    /// the list for each group in the group, as `GroupResult.get()` does.
    ///
    /// ```swift
    /// let sums = try await group.values(as: [[Int]].self, timeout: .seconds(10))
    /// ```
    ///
    /// - Parameters:
    ///   - type: What the list of the results decodes to, such as `[[Int]]`; `JSONValue` where members differ in depth.
    ///   - timeout: How long to wait for all of them together.
    /// - Returns: The list, decoded.
    /// - Throws: As `TaskHandle.value(timeout:)`; `JobQueueError(.unreadableResult)` where the list is of another form.
    public func values<Values: Decodable>(
        as type: Values.Type = Values.self,
        timeout: Duration
    ) async throws -> Values {
        var texts: [TaskID: [UInt8]] = [:]
        try await wait(timeout) { index, state in
            let id = members[index].id
            // For the error of one that failed.
            if state.status != .success { _ = try state.outcome(of: id, as: Output.self) }
            texts[id] = state.value.bytes
        }
        let list = ResultValue(bytes: Self.list(reference.members ?? [reference], texts))
        do {
            return try list.decode(as: type)
        } catch {
            throw JobQueueError(.unreadableResult, task: nil, cause: error)
        }
    }

    /// The JSON text of the members' results.
    private static func list(_ members: [ResultReference], _ texts: [TaskID: [UInt8]]) -> [UInt8] {
        var output = [UInt8(ascii: "[")]
        for (index, member) in members.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let inner = member.members {
                output += list(inner, texts)
            } else {
                output += texts[member.id] ?? Array("null".utf8)
            }
        }
        output.append(UInt8(ascii: "]"))
        return output
    }
}
