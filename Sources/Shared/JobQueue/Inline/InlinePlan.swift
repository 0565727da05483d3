/// What is to be done beyond a task itself, for a queue in memory: the same that a worker's script is given.
package struct InlinePlan: Sendable {
    let plan: CanvasPlan
    /// What encoded the bodies of its messages.
    let payload: (any PayloadCoding)?

    init(_ plan: CanvasPlan, _ payload: (any PayloadCoding)?) {
        self.plan = plan
        self.payload = payload
    }
}
