/// What stands around the state of a task beside the state itself, and how long that is kept.
struct ResultPlace: Sendable {
    let groupID: String?
    let parentID: TaskID?
    /// The fields of `result_extended`, as they stand before the task's id; empty where they are not wanted.
    let details: [UInt8]
    /// Nil for as long as the worker keeps results.
    let life: Duration?

    /// - Returns: nil where the task stores no results.
    init?(_ message: TaskMessage, _ job: JobRegistry.Entry, in scope: AttemptScope) {
        guard job.storesResult(of: message) else { return nil }
        groupID = message.groupID
        parentID = message.parentID
        let configuration = scope.configuration
        details =
            configuration.extendsResults
            ? ResultDetails.text(message, from: scope.keys.queue, on: configuration.nodeName) : []
        life = job.resultExpires
    }

    /// The text of a state that is no end.
    func text(_ id: TaskID, _ status: ResultStatus, _ result: [UInt8]) -> [UInt8] {
        var text = TaskResult.text(
            id: id,
            group: groupID,
            parent: parentID,
            status: status.rawValue,
            result: result,
            done: nil
        )
        ResultDetails.add(details, to: &text, of: id)
        return text
    }
}
