import Logging

/// What follows from the end of a task: callbacks, the next of a chain, a part of a chord.
extension JobRunner {
    /// How a task ended.
    enum Ending {
        case succeeded([UInt8])
        case failed(TaskFailure)
        case replaced(by: Signature)
        /// In Celery's word: `revoked`, `expired` or `terminated`.
        case revoked(String)

        /// Nil where the task goes on.
        init?(_ outcome: Outcome) {
            switch outcome {
            case .succeeded(let result): self = .succeeded(result)
            case .failed(let failure, _): self = .failed(failure)
            case .replaced(let signature): self = .replaced(by: signature)
            case .cancelled: self = .revoked("terminated")
            case .retry, .rest, .ignored, .givenBack, .returned, .abandoned: return nil
            }
        }
    }

    /// What follows, and whom the task called with it.
    struct FollowUps {
        var plan: CanvasPlan?
        var children: [ResultReference] = []

        static let none = FollowUps()
    }

    /// What follows from an end.
    ///
    /// - Parameters:
    ///   - ending: How the task ended.
    ///   - message: What it says.
    ///   - delivery: What was attempted.
    ///   - storing: Whether the caller of the task is to find its outcome.
    /// - Returns: What is to be done, and the task's new children.
    /// - Throws: `UnreadableSignature` where what follows cannot be called; then the task fails.
    func followUps(
        _ ending: Ending,
        _ message: TaskMessage,
        _ delivery: Delivery,
        storing: Bool
    ) throws(UnreadableSignature) -> FollowUps {
        let isReplaced = if case .replaced = ending { true } else { false }
        guard message.workflow != nil || isReplaced else { return .none }
        let workflow = message.workflow ?? .none
        let nesting = message.replacedTaskNesting
        var layout = CanvasLayout(
            parentID: message.id,
            rootID: message.rootID ?? message.id,
            // What stands in the task's place has its id, and derives others.
            ids: nesting > 0 ? "\(message.id) \(nesting)" : message.id.rawValue,
            writer: producer.canvasWriter(for: delivery.queue, at: delivery.now)
        )
        let member = workflow.body.flatMap { body in
            message.groupID.map {
                CanvasLayout.Member(id: message.id.rawValue, groupID: $0, index: message.groupIndex, body: body)
            }
        }
        var children: [ResultReference] = []
        switch ending {
        case .succeeded(let result):
            children = try layout.succeed(
                workflow,
                member,
                result: result,
                part: member == nil ? result : SealedResults.part(result, of: message.id, producer.payload)
            )
        case .failed(let failure):
            try layout.fail(
                message.id,
                workflow,
                member,
                exception: TaskResult.exception(failure),
                traceback: failure.traceback(of: message)
            )
            if !storing { layout.plan.results = [] }
        case .replaced(let signature):
            try layout.replace(message, workflow, by: signature)
        case .revoked(let reason):
            guard let member else { return .none }
            try layout.revoke(member, exception: TaskResult.exception(.revoked(reason)))
        }
        return FollowUps(plan: layout.plan.isEmpty ? nil : layout.plan, children: children)
    }

    /// The settlement with what follows from it; what cannot be called is left out, since nothing could help it.
    func following(
        _ settlement: Settlement,
        _ ending: Ending,
        _ message: TaskMessage,
        _ delivery: Delivery,
        storing: Bool = true
    ) -> Settlement {
        var settlement = settlement
        do throws(UnreadableSignature) {
            settlement.plan = try followUps(ending, message, delivery, storing: storing).plan
        } catch {
            var metadata = about(message, delivery)
            metadata["error"] = "\(error)"
            logger.error("what follows from a task cannot be read", metadata: metadata)
        }
        return settlement
    }
}
