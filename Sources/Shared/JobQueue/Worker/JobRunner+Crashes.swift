import Logging

extension JobRunner {
    /// What becomes of a task that a worker died holding, or may have; nil where it is run.
    func instead(ofRunning delivery: Delivery, _ message: TaskMessage, _ job: JobRegistry.Entry) -> Settlement? {
        guard job.heedsCrashes else { return nil }
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
