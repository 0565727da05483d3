import JSON

/// Writes the messages of a canvas.
struct CanvasMessageWriter: Sendable {
    /// Where tasks go that do not say where: the queue of the task that they follow from.
    let queue: QueueName
    /// Who publishes, `gen<pid>@<host>`.
    let origin: String
    let now: WireTime
    let middleware: [any EnqueueMiddleware]
    let payload: (any PayloadCoding)?
    /// Whether there are lists by priority.
    let hasPriorityLists: Bool
    /// Whether failures of tasks that are never called tell name and arguments (`result_extended`).
    var extendsResults = false
    /// How long these failures are kept; nil for as long as other results.
    var failureExpires: Duration?
    /// Where monitors are told of each message (`task-sent`); nil where they are not.
    var eventChannel: String?

    /// Stands for the gap while a message is written: nothing that escaping changes, and nobody's text.
    private let mark = Array(RandomUUID.text().utf8)

    /// The message for one task.
    ///
    /// - Throws: `UnreadableSignature` where an option cannot be read.
    func message(
        _ signature: Signature,
        id: TaskID,
        _ leading: CanvasLayout.Leading,
        parentID: TaskID?,
        rootID: TaskID?
    ) throws(UnreadableSignature) -> CanvasPlan.Message {
        guard case .task(let name, _) = signature.form else { preconditionFailure("only tasks have messages") }
        let options = SignatureOptions(signature.options, at: now)
        var task = NewTask(
            id: id,
            name: name,
            queue: options.queue ?? queue,
            keywordArguments: JSONValue.object(signature.keywordArguments).bytes
        )
        task.arguments = arguments(signature.arguments, after: leading)
        task.embed = Self.embed(of: signature)
        task.groupID = signature.groupID
        task.groupIndex = signature.groupIndex
        task.parentID = parentID
        task.rootID = rootID ?? id
        try options.apply(to: &task)
        if !middleware.isEmpty { task = task.prepared(by: middleware) }
        var gap = leading == .results ? CanvasPlan.Template.Gap.results : nil
        if let payload {
            if gap == nil {
                task = task.encoded(by: payload)
            } else if let encrypted = encrypted(task, signature, by: payload) {
                (task, gap) = (encrypted, .list)
            }
        }

        var text: [UInt8] = []
        text.reserveCapacity(1024 + task.arguments.count)
        task.encode(into: &text, origin: origin, at: now)
        return CanvasPlan.Message(
            queue: task.queue,
            step: hasPriorityLists && task.priority >= 3 ? min(9, task.priority / 3 * 3) : 0,
            due: task.eta.flatMap { $0 > now ? $0 : nil },
            text: gap.map { template(text, with: $0) } ?? CanvasPlan.Template(before: text),
            body: task.bodyReference.map {
                CanvasPlan.Message.Body(reference: $0, bytes: task.encodedBody?.bytes ?? [])
            },
            event: eventChannel.map {
                CanvasPlan.Message.Event(channel: $0, envelope: TaskAnnouncement(task).envelope())
            }
        )
    }

    /// A task that is called with results that its message does not show; nil where nothing is encrypted.
    private func encrypted(_ task: NewTask, _ signature: Signature, by payload: any PayloadCoding) -> NewTask? {
        var task = task
        task.arguments = arguments(signature.arguments, after: .nothing)
        task = task.encoded(by: payload)
        guard task.encodedBody?.encryption != nil else { return nil }
        task.add(header: SealedResults.header, .string(String(decoding: mark, as: UTF8.self)))
        return task
    }

    /// A JSON list; with the mark in the first place where that is not known yet.
    private func arguments(_ arguments: [JSONValue], after leading: CanvasLayout.Leading) -> [UInt8] {
        var output: [UInt8] = [UInt8(ascii: "[")]
        switch leading {
        case .nothing: break
        case .value(let value): output += value
        case .results: output += mark
        }
        for (index, argument) in arguments.enumerated() {
            if index > 0 || leading != .nothing { output += Array(", ".utf8) }
            argument.write(into: &output)
        }
        output.append(UInt8(ascii: "]"))
        return output
    }

    /// What follows the task, by Celery's names; nil where nothing does.
    private static func embed(of signature: Signature) -> [UInt8]? {
        let callbacks = signature.callbacks(Signature.Option.callbacks)
        let errorCallbacks = signature.callbacks(Signature.Option.errorCallbacks)
        guard !callbacks.isEmpty || !errorCallbacks.isEmpty || signature.rest != nil || signature.chord != nil else {
            return nil
        }
        return JSONValue.object([
            "callbacks": callbacks.isEmpty ? .null : .array(callbacks),
            "errbacks": errorCallbacks.isEmpty ? .null : .array(errorCallbacks),
            "chain": signature.rest.map { .array($0) } ?? .null, "chord": signature.chord ?? .null,
        ]).bytes
    }

    /// The fields of `result_extended` for a task that is never called; none where they are not wanted.
    func details(of signature: Signature) -> [UInt8] {
        guard extendsResults else { return [] }
        let hidesArguments = payload?.seal(Array("0".utf8), .result, of: "probe") != nil
        return ResultDetails.text(signature, hidesArguments: hidesArguments)
    }

    // MARK: Gaps

    /// The JSON text of the state of a task, with a gap where its error stands.
    func template(_ write: ([UInt8]) -> [UInt8], gap: CanvasPlan.Template.Gap) -> CanvasPlan.Template {
        template(write(mark), with: gap)
    }

    private func template(_ text: [UInt8], with gap: CanvasPlan.Template.Gap) -> CanvasPlan.Template {
        let quote = [UInt8(ascii: "\"")]
        let pattern =
            switch gap {
            // As a header it was written as a text.
            case .list: quote + mark + quote
            case .tracedError, .tracedCause: mark + TaskResult.noTraceback
            case .results, .error, .cause: mark
            }
        guard let place = text.firstRange(of: pattern) else { preconditionFailure("the mark was written") }
        return CanvasPlan.Template(
            before: Array(text[..<place.lowerBound]),
            gap: gap,
            after: Array(text[place.upperBound...])
        )
    }
}
