import Logging

extension JobRunner {
    /// What becomes of a task that is not run; nil where it is.
    func refusal(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry?,
        deliveriesAllowed: Int
    ) -> Settlement? {
        if delivery.isCancelled || stamps.revoke(message) {
            metrics.finished(delivery.queue, task: nil, outcome: .cancelled)
            events.revoked(message.id)
            return revoked(delivery, message, "revoked", job)
        }
        if let expires = message.expires, expires < delivery.now {
            metrics.finished(delivery.queue, task: nil, outcome: .expired)
            events.revoked(message.id, isExpired: true)
            return revoked(delivery, message, "expired", job)
        }
        if let eta = message.eta, eta > delivery.now {
            // It came by plain LPUSH. Its turn is when it is due, so it must not keep others of its key waiting.
            return .later(delivery, message, due: eta, keepsTurn: false)
        }
        guard let job else { return unregistered(delivery, message) }
        guard delivery.mayHaveCrashed else { return nil }
        return afterCrash(delivery, message, job, deliveriesAllowed)
    }

    /// Whether the caller of a task that is not run is to find why.
    private static func storesEnd(of message: TaskMessage, _ job: JobRegistry.Entry?) -> Bool {
        job?.storesResult(of: message) ?? (message.ignoresResult != true)
    }

    /// What becomes of a task whose body cannot be had.
    func bodyRefusal(
        _ problem: BodyProblem,
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry?
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
            events.failed(failure, message.id)
            var settlement = Settlement.dead(delivery, message, failure, storing: Self.storesEnd(of: message, job))
            settlement.forgetsSteps = message.isRepeated || delivery.crashes > 0
            return settlement
        }
    }

    private func unregistered(_ delivery: Delivery, _ message: TaskMessage) -> Settlement {
        let failure = TaskFailure.notRegistered(message.name)
        logger.error(
            "task is not registered",
            metadata: ["task_name": "\(message.name)", "task_id": "\(message.id)"]
        )
        metrics.finished(delivery.queue, task: nil, outcome: .failed)
        events.failed(failure, message.id)
        let storing = message.ignoresResult != true
        return following(
            .dead(delivery, message, failure, storing: storing),
            .failed(failure),
            message,
            delivery,
            storing: storing
        )
    }

    private func revoked(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ reason: String,
        _ job: JobRegistry.Entry?
    ) -> Settlement {
        let storing = Self.storesEnd(of: message, job)
        return following(
            .revoked(delivery, message, reason, storing: storing),
            .revoked(reason),
            message,
            delivery,
            storing: storing
        )
    }

    /// What becomes of a task that a worker died holding, or may have; nil where it is run.
    private func afterCrash(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        _ deliveriesAllowed: Int
    ) -> Settlement? {
        guard delivery.areMarksKnown else {
            // It is worth one more death at most.
            guard job.heedsCrashes else { return nil }
            logger.warning("task waits until it is known whether its worker died", metadata: about(message, delivery))
            return .later(delivery, message, due: delivery.now.advanced(by: .seconds(1)), keepsTurn: true)
        }
        let isOver = delivery.crashes >= min(deliveriesAllowed, job.maximumDeliveries ?? .max)
        if !isOver, job.runsAfterCrash { return nil }
        logger.error("task is given up after its worker died", metadata: about(message, delivery))
        metrics.finished(delivery.queue, task: message.name, outcome: .failed)
        let failure = TaskFailure.workersLost(delivery.crashes)
        events.failed(failure, message.id)
        let storing = job.storesResult(of: message)
        let settlement: Settlement =
            job.afterCrash == .fail
            ? .failed(delivery, message, failure, storing: storing)
            : .dead(delivery, message, failure, storing: storing)
        return following(settlement, .failed(failure), message, delivery, storing: storing)
    }
}

extension Delivery {
    /// Whether the task came before its time, and nothing else ends it.
    func isTooEarly(for message: TaskMessage) -> Bool {
        guard !isCancelled, let eta = message.eta, eta > now else { return false }
        return message.expires.map { $0 >= now } ?? true
    }
}

extension JobRegistry.Entry {
    fileprivate var runsAfterCrash: Bool { afterCrash == .runAgain || afterCrash == .resume }

    /// Whether it matters to the job that a worker died.
    fileprivate var heedsCrashes: Bool { !runsAfterCrash || maximumDeliveries != nil }
}
