/// Does `work` in a child task, and returns or throws what it does.
///
/// A task keeps the memory that its deepest call has taken until it ends. One that waits for long, as those of answers do
/// by the thousand, calls deeply in a child, so that it holds little while it waits.
func apart<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        guard let value = try await group.next() else { preconditionFailure("a child was added") }
        return value
    }
}
