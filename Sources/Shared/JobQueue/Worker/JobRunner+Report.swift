import Logging

extension JobRunner {
    /// Counts an attempt that ended, and writes the one line that every attempt gets.
    func report(_ outcome: Outcome, _ message: TaskMessage, _ delivery: Delivery, took time: Duration) {
        metrics.finished(delivery.queue, task: message.name, outcome: .init(outcome))
        metrics.ran(message.name, for: time)
        events.ended(outcome, message.id, took: time)
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
        case .replaced: logger.info("task replaced by others", metadata: metadata(nil))
        case .ignored: logger.info("task ended without an outcome", metadata: metadata(nil))
        case .cancelled: logger.info("task cancelled", metadata: metadata(nil))
        case .givenBack, .returned: logger.info("task given back", metadata: metadata(nil))
        case .abandoned: logger.warning("task abandoned with its lease", metadata: metadata(nil))
        }
    }

    /// Where producers tell of what they store, tells of a task that is put back for another attempt: to Celery a retry is
    /// another publication (celery.app.task, `Task.retry`).
    func announceRetry(_ outcome: Outcome, _ message: TaskMessage, _ delivery: Delivery) {
        guard producer.announcesTasks, producer.receiver == nil else { return }
        let (delay, spending): (Duration, Int)
        switch outcome {
        case .retry(let wait, let count, _): (delay, spending) = (wait, count)
        case .rest(_, let wait, _): (delay, spending) = (wait, 0)
        case .succeeded, .failed, .replaced, .ignored, .cancelled, .givenBack, .returned, .abandoned: return
        }
        let due = delivery.now.advanced(by: delay)
        let retry = TaskAnnouncement(retryOf: message, in: delivery.queue, at: due, spending: spending)
        TaskAnnouncement.publish([retry], with: producer.redis)
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

    /// Names the task as far as its message does, and what is wrong with it, never what it carries.
    func reportUnreadable(_ error: UnreadableMessage, _ delivery: Delivery) {
        var metadata: Logger.Metadata = ["queue": "\(delivery.queue)", "error": "\(error)"]
        if let id = error.id { metadata["task_id"] = "\(id)" }
        if let name = error.name { metadata["task_name"] = "\(name)" }
        logger.error("message is unreadable", metadata: metadata)
    }

    func about(_ message: TaskMessage, _ delivery: Delivery) -> Logger.Metadata {
        ["task_id": "\(message.id)", "task_name": "\(message.name)", "queue": "\(delivery.queue)"]
    }
}
