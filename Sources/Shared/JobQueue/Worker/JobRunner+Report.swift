import Logging

extension JobRunner {
    /// Counts an attempt that ended, and writes the one line that every attempt gets.
    func report(_ outcome: Outcome, _ message: TaskMessage, _ delivery: Delivery, took time: Duration) {
        metrics.finished(delivery.queue, task: message.name, outcome: .init(outcome))
        metrics.ran(message.name, for: time)
        func metadata(_ failure: TaskFailure?) -> Logger.Metadata {
            var metadata = about(message, delivery)
            metadata["attempt"] = "\(message.retries + 1)"
            metadata["seconds"] = "\(Double(time.milliseconds) / 1000)"
            if let failure { metadata["error"] = "\(failure.type)" }
            return metadata
        }
        switch outcome {
        case .succeeded: logger.info("task succeeded", metadata: metadata(nil))
        case .failed(let failure, _): logger.error("task failed", metadata: metadata(failure))
        case .retry(_, _, let failure), .rest(_, _, let failure):
            logger.warning("task will be retried", metadata: metadata(failure))
        case .cancelled: logger.info("task cancelled", metadata: metadata(nil))
        case .givenBack, .returned: logger.info("task given back", metadata: metadata(nil))
        case .abandoned: logger.warning("task abandoned with its lease", metadata: metadata(nil))
        }
    }

    /// Code goes on although its attempt is over: it holds memory, and where it blocks a thread of Swift's pool.
    func reportBegin(ofOverrun message: TaskMessage, _ delivery: Delivery) {
        metrics.overrunBegan()
        logger.error("job goes on after its attempt was ended", metadata: about(message, delivery))
    }

    func reportEnd(ofOverrun message: TaskMessage, _ delivery: Delivery, took time: Duration) {
        metrics.overrunEnded()
        var metadata = about(message, delivery)
        metadata["seconds"] = "\(Double(time.milliseconds) / 1000)"
        logger.warning("job ended after its attempt was over, its result is dropped", metadata: metadata)
    }

    func about(_ message: TaskMessage, _ delivery: Delivery) -> Logger.Metadata {
        ["task_id": "\(message.id)", "task_name": "\(message.name)", "queue": "\(delivery.queue)"]
    }
}
