/// What becomes of a delivery in Redis, by how it ended.
extension Settlement {
    /// - Parameters:
    ///   - outcome: How the attempt ended.
    ///   - delivery: What was attempted.
    ///   - message: What it says.
    ///   - storing: Whether the caller is to find the outcome.
    ///   - children: What the task called.
    ///   - payload: What encrypts a result; nil where nothing does.
    /// - Returns: nil where the task stays as it is: the worker gives back what it holds as it leaves, or may no longer
    ///   speak for it.
    static func after(
        _ outcome: Outcome,
        of delivery: Delivery,
        _ message: TaskMessage,
        storing: Bool,
        children: [ResultReference] = [],
        payload: (any PayloadCoding)? = nil
    ) -> Settlement? {
        switch outcome {
        case .succeeded(let result):
            var settlement = done(delivery, message)
            if storing {
                let result = payload?.seal(result, .result, of: message.id) ?? result
                settlement.store(
                    TaskResult.success(message, result: result, children: children, at: delivery.now),
                    of: message
                )
            }
            return settlement
        case .failed(let failure, let isBuried):
            return isBuried
                ? dead(delivery, message, failure, storing: storing)
                : failed(delivery, message, failure, storing: storing)
        case .cancelled:
            return revoked(delivery, message, "terminated", storing: storing)
        case .rest(let limit, for: let delay, let failure):
            var settlement = after(.retry(after: delay, spending: 0, failure), of: delivery, message, storing: storing)
            settlement?.limitNews.pauses[limit] = delay
            return settlement
        case .retry(let delay, let spending, let failure):
            let now = delivery.now
            let due = now.advanced(by: delay)
            var settlement = done(delivery, message)
            settlement.action = .later
            settlement.leavesLane = nil  // Its turn lasts until the last attempt, and so does its unique key.
            settlement.freesUniqueKey = nil
            // It may have been cancelled: the next attempt finds out.
            if !delivery.areMarksKnown { settlement.forgetsMarksOf = nil }
            settlement.due = due
            settlement.payload = message.retried(at: due, spending: spending, now: now)
            if storing { settlement.store(TaskResult.retry(message, failure), of: message) }
            return settlement
        case .replaced:
            var settlement = done(delivery, message)
            settlement.isReplaced = true
            // As with a retry.
            if !delivery.areMarksKnown { settlement.forgetsMarksOf = nil }
            return settlement
        case .ignored:
            return done(delivery, message)
        case .returned:
            // Due before everything else: the step that takes it also moves it to the front.
            return later(delivery, message, due: WireTime(milliseconds: 0), keepsTurn: true)
        case .givenBack, .abandoned:
            return nil
        }
    }

    /// The plain end of a task.
    private static func done(_ delivery: Delivery, _ message: TaskMessage) -> Settlement {
        var settlement = Settlement(
            tag: delivery.tag,
            forgetsMarksOf: delivery.mayHaveMarks ? message.id : nil
        )
        settlement.leavesLane = message.orderingKey
        settlement.freesUniqueKey = message.uniqueKey
        settlement.isForeign = message.isForeign
        settlement.taskID = message.id
        if let reference = message.bodyReference { settlement.payload = Array(reference.utf8) }
        return settlement
    }

    /// The end of a task that is not to run, or not to the end; the reason in Celery's word.
    static func revoked(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ reason: String,
        storing: Bool
    ) -> Settlement {
        var settlement = done(delivery, message)
        settlement.isRevoked = true
        if storing { settlement.store(TaskResult.revoked(message, reason, at: delivery.now), of: message) }
        return settlement
    }

    /// To the dead list, with the reason.
    static func dead(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ failure: TaskFailure,
        storing: Bool
    ) -> Settlement {
        var settlement = failed(delivery, message, failure, storing: storing)
        settlement.action = .dead
        settlement.payload = DeadLetter.failed(message, failure, crashes: delivery.crashes, at: delivery.now)
        return settlement
    }

    /// The failure of a task, told to its caller and nobody else.
    static func failed(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ failure: TaskFailure,
        storing: Bool
    ) -> Settlement {
        var settlement = done(delivery, message)
        if storing { settlement.store(TaskResult.failure(message, failure, at: delivery.now), of: message) }
        return settlement
    }

    /// To the scheduled set as it is, until it is due. Where it keeps its turn, others of its ordering key wait for it
    /// till then.
    static func later(
        _ delivery: Delivery,
        _ message: TaskMessage,
        due: WireTime,
        keepsTurn: Bool
    ) -> Settlement {
        var settlement = done(delivery, message)
        settlement.action = .later
        settlement.forgetsMarksOf = nil
        settlement.freesUniqueKey = nil
        if keepsTurn { settlement.leavesLane = nil }
        settlement.due = due
        settlement.payload = message.raw
        return settlement
    }

    /// What becomes of a task that another one absorbed.
    static func after(
        _ outcome: Outcome,
        absorbed delivery: Delivery,
        _ job: JobRegistry.Entry,
        payload: (any PayloadCoding)? = nil
    ) -> Settlement? {
        guard let message = try? TaskMessage(decoding: delivery.raw), let key = message.orderingKey else {
            preconditionFailure("what was absorbed was read")
        }
        switch outcome {
        case .succeeded:
            let storing = job.storesResult(of: message)
            var settlement = after(outcome, of: delivery, message, storing: storing, payload: payload)
            // Nobody asked, as it was absorbed, whether a worker had died holding it.
            settlement?.forgetsMarksOf = message.id
            return settlement
        case .givenBack, .abandoned: return nil
        case .failed, .retry, .rest, .replaced, .ignored, .cancelled, .returned: return parked(delivery, key)
        }
    }

    /// Back to those that wait for its ordering key, as the next of them.
    static func parked(_ delivery: Delivery, _ key: OrderingKey) -> Settlement {
        var settlement = Settlement(tag: delivery.tag, action: .park)
        settlement.leavesLane = key
        return settlement
    }

    /// To the dead list, as far as it could be read.
    static func unreadable(_ delivery: Delivery, _ error: UnreadableMessage) -> Settlement {
        let failure = TaskFailure(
            type: error.exceptionType,
            message: error.description,
            module: "kombu.exceptions"
        )
        var settlement = Settlement(tag: delivery.tag, action: .dead)
        settlement.isForeign = true
        settlement.payload = DeadLetter.unreadable(delivery.raw, failure, at: delivery.now)
        settlement.result = (error.ignoresResult ? nil : error.id).map {
            StoredResult(id: $0, text: TaskResult.unreadable($0, failure, at: delivery.now))
        }
        return settlement
    }

    private mutating func store(_ text: [UInt8], of message: TaskMessage) {
        result = StoredResult(id: message.id, text: text)
    }
}
