import JSON
import JobQueue

/// What follows from tasks.
extension QueueState {
    /// As the script does that publishes a canvas.
    ///
    /// - Returns: Whether it was published; not where its key was seen before.
    mutating func receive(
        _ canvas: InlinePlan,
        unlessSeen key: String?,
        for memory: Duration,
        in queue: QueueName
    ) -> Bool {
        if let key = key.map({ Key(queue: queue, text: $0) }) {
            if let end = seen[key], end > now { return false }
            seen[key] = now.advanced(by: memory)
        }
        follow(canvas)
        return true
    }

    /// Publishes what follows, and fails what never will.
    mutating func follow(_ plan: InlinePlan) {
        for consequence in chords.carryOut(plan) {
            switch consequence {
            case .task(let task, let queue): _ = receive(task, in: queue)
            case .result(let id, let text):
                results.append((id, text))
                if states[id] == nil {
                    states[id] = .failed(TaskFailure(stored: (try? JSONValue(parsing: text))?["result"]))
                }
            }
        }
    }
}
