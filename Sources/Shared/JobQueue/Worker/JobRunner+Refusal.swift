import Logging

extension JobRunner {
    /// What becomes of a task that is not run; nil where it is.
    func refusal(_ delivery: Delivery, _ message: TaskMessage, _ job: JobRegistry.Entry?) -> Settlement? {
        if delivery.isCancelled {
            metrics.finished(delivery.queue, task: nil, outcome: .cancelled)
            return .revoked(delivery, message, "revoked")
        }
        if let expires = message.expires, expires < delivery.now {
            metrics.finished(delivery.queue, task: nil, outcome: .expired)
            return .revoked(delivery, message, "expired")
        }
        if let eta = message.eta, eta > delivery.now {
            // It came by plain LPUSH. Its turn is when it is due, so it must not keep others of its key waiting.
            return .later(delivery, message, due: eta, keepsTurn: false)
        }
        guard let job else { return unregistered(delivery, message) }
        guard delivery.mayHaveCrashed, job.heedsCrashes else { return nil }
        return afterCrash(delivery, message, job)
    }

    /// What becomes of a task whose body cannot be had.
    func bodyRefusal(
        _ problem: BodyProblem,
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry
    ) -> Settlement {
        switch problem {
        case .unavailable(let error):
            var metadata = about(message, delivery)
            metadata["error"] = "\(error)"
            logger.warning("task waits until its body can be fetched", metadata: metadata)
            return .later(delivery, message, due: delivery.now.advanced(by: .seconds(1)), keepsTurn: true)
        case .refused(let failure):
            var metadata = about(message, delivery)
            metadata["error"] = "\(failure.type)"
            logger.error("body of a task cannot be read", metadata: metadata)
            metrics.finished(delivery.queue, task: message.name, outcome: .unreadable)
            var settlement = Settlement.dead(delivery, message, failure, storing: message.ignoresResult != true)
            settlement.forgetsSteps = message.isRepeated || delivery.crashes > 0
            return settlement
        }
    }

    private func unregistered(_ delivery: Delivery, _ message: TaskMessage) -> Settlement {
        let failure = TaskFailure(
            type: "NotRegistered",
            message: "'\(message.name)'",
            module: "celery.exceptions"
        )
        logger.error(
            "task is not registered",
            metadata: ["task_name": "\(message.name)", "task_id": "\(message.id)"]
        )
        metrics.finished(delivery.queue, task: nil, outcome: .failed)
        return .dead(delivery, message, failure, storing: message.ignoresResult != true)
    }

    /// What becomes of a task that a worker died holding, or may have; nil where it is run.
    private func afterCrash(_ delivery: Delivery, _ message: TaskMessage, _ job: JobRegistry.Entry) -> Settlement? {
        guard delivery.areMarksKnown else {
            logger.warning("task waits until it is known whether its worker died", metadata: about(message, delivery))
            return .later(delivery, message, due: delivery.now.advanced(by: .seconds(1)), keepsTurn: true)
        }
        let isOver = delivery.crashes >= job.maximumDeliveries ?? .max
        if !isOver, job.runsAfterCrash { return nil }
        logger.error("task is given up after its worker died", metadata: about(message, delivery))
        metrics.finished(delivery.queue, task: message.name, outcome: .failed)
        let failure = TaskFailure.workersLost(delivery.crashes)
        let storing = job.storesResult(of: message)
        return job.afterCrash == .fail
            ? .failed(delivery, message, failure, storing: storing)
            : .dead(delivery, message, failure, storing: storing)
    }
}

extension JobRegistry.Entry {
    fileprivate var runsAfterCrash: Bool { afterCrash == .runAgain || afterCrash == .resume }

    /// Whether it matters to the job that a worker died.
    fileprivate var heedsCrashes: Bool { !runsAfterCrash || maximumDeliveries != nil }
}
