import JSON
import Synchronization

/// Tells monitors what becomes of tasks (celery.worker.request, celery.worker.consumer.tasks): the one thing that who
/// runs jobs knows of events. While they are off a call costs a look at one word.
///
/// What is shown never is more than stands readable in Redis: arguments as their producer wrote them for that (the
/// headers `argsrepr` and `kwargsrepr`), results cut off over 1,024 characters, and none where results are encrypted.
final class TaskEvents: Sendable {
    private let isOn: Atomic<Bool>
    private let publisher: EventPublisher?
    /// Whether results are encrypted in Redis, and so not shown.
    private let hidesResults: Bool

    /// - Parameters:
    ///   - publisher: Takes them; nil where nobody does.
    ///   - payload: The worker's, if it has one.
    ///   - isOn: Whether they are published until somebody changes that.
    init(_ publisher: EventPublisher? = nil, payload: (any PayloadCoding)? = nil, isOn: Bool = false) {
        self.publisher = publisher
        self.isOn = Atomic(isOn && publisher != nil)
        hidesResults = payload?.seal(Array("0".utf8), .result, of: "probe") != nil
    }

    var isEnabled: Bool { isOn.load(ordering: .relaxed) }

    /// Switches them on or off.
    ///
    /// - Returns: Whether that changed anything.
    func enable(_ wanted: Bool) -> Bool {
        guard publisher != nil else { return false }
        return isOn.exchange(wanted, ordering: .relaxed) != wanted
    }

    // MARK: What happens

    /// A worker took a task, which it may run or not.
    func received(_ message: TaskMessage) {
        guard isEnabled else { return }
        let shown = ShownArguments(of: message)
        var fields = Fields(message.id)
        fields.add("name", text: shown.name ?? message.name.rawValue)
        fields.add("args", text: shown.arguments)
        fields.add("kwargs", text: shown.keywordArguments)
        fields.add("root_id", text: (message.rootID ?? message.id).rawValue)
        fields.add("parent_id", text: message.parentID?.rawValue)
        fields.add("retries", number: String(message.retries))
        fields.add("eta", text: message.eta?.text)
        fields.add("expires", text: message.expires?.text)
        publisher?.collect("task-received", fields.bytes)
    }

    /// Its job's code begins.
    func started(_ id: TaskID) {
        guard isEnabled else { return }
        publisher?.collect("task-started", Fields(id).bytes)
    }

    /// An attempt has ended.
    func ended(_ outcome: Outcome, _ id: TaskID, took time: Duration) {
        guard isEnabled else { return }
        switch outcome {
        case .succeeded(let result): succeeded(result, id, took: time)
        case .failed(let failure, _): failed(failure, id)
        case .retry(_, _, let failure), .rest(_, _, let failure):
            publisher?.collect("task-retried", Fields(id, failure).bytes)
        case .cancelled: revoked(id, isTerminated: true)
        case .givenBack, .returned: rejected(id, isRequeued: true)
        // Celery has no event for them; of a replaced task the next one of its id tells.
        case .replaced, .ignored: break
        // The worker may not speak for it any more: the next one does.
        case .abandoned: break
        }
    }

    /// Tasks that a running one absorbed have ended as it did.
    func absorbed(_ deliveries: [Delivery], _ outcome: Outcome, took time: Duration) {
        guard isEnabled, case .succeeded = outcome else { return }
        for delivery in deliveries {
            guard let message = try? TaskMessage(decoding: delivery.raw) else { continue }
            received(message)
            started(message.id)
            ended(outcome, message.id, took: time)
        }
    }

    private func succeeded(_ result: [UInt8], _ id: TaskID, took time: Duration) {
        var fields = Fields(id)
        fields.add("result", text: shown(result))
        let (seconds, attoseconds) = time.components
        fields.add("runtime", number: "\(Double(seconds) + Double(attoseconds / 1_000_000_000_000) / 1_000_000)")
        publisher?.collect("task-succeeded", fields.bytes)
    }

    /// A result that is long is not even parsed: it is shown as the text that it is, cut off.
    private func shown(_ result: [UInt8]) -> String {
        if hidesResults { return "'…'" }
        guard result.count <= 16 * PythonRepr.maximumLength, let value = try? CeleryJSON.parse(result) else {
            return String(String(decoding: result.prefix(PythonRepr.maximumLength), as: UTF8.self)) + "..."
        }
        return PythonRepr.of(value)
    }

    /// A task failed for good, be it that it was run or not.
    func failed(_ failure: TaskFailure, _ id: TaskID) {
        guard isEnabled else { return }
        publisher?.collect("task-failed", Fields(id, failure).bytes)
    }

    /// A task is not run, or not to its end, because somebody revoked it or because it came too late.
    func revoked(_ id: TaskID, isTerminated: Bool = false, isExpired: Bool = false) {
        guard isEnabled else { return }
        var fields = Fields(id)
        fields.add("terminated", number: isTerminated ? "true" : "false")
        fields.add("signum", number: "null")
        fields.add("expired", number: isExpired ? "true" : "false")
        publisher?.collect("task-revoked", fields.bytes)
    }

    /// A message goes back to its queue, or to the dead list, without an end of its task.
    func rejected(_ id: TaskID, isRequeued: Bool) {
        guard isEnabled else { return }
        var fields = Fields(id)
        fields.add("requeue", number: isRequeued ? "true" : "false")
        publisher?.collect("task-rejected", fields.bytes)
    }

    /// The members of one event, as JSON text with a comma before each.
    private struct Fields {
        private(set) var bytes: [UInt8] = []

        init(_ id: TaskID) { add("uuid", text: id.rawValue) }

        /// Swift has no tracebacks.
        init(_ id: TaskID, _ failure: TaskFailure) {
            self.init(id)
            add("exception", text: PythonRepr.ofException(failure.type, failure.message))
            add("traceback", text: nil)
        }

        mutating func add(_ name: StaticString, text: String?) {
            key(name)
            if let text { JSONText.appendQuoted(text, to: &bytes) } else { JSONText.append("null", to: &bytes) }
        }

        /// `number` is JSON text.
        mutating func add(_ name: StaticString, number: String) {
            key(name)
            bytes += number.utf8
        }

        private mutating func key(_ name: StaticString) {
            JSONText.append(",\"", to: &bytes)
            JSONText.append(name, to: &bytes)
            JSONText.append("\":", to: &bytes)
        }
    }
}
