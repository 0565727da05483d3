public import JSON

extension Signature {
    /// A task of any language by its name, called with these arguments as JSON.
    ///
    /// - Parameters:
    ///   - task: Its name.
    ///   - arguments: The positional ones.
    ///   - keywordArguments: The named ones.
    ///   - queue: Where it goes; nil for the queue of the canvas.
    /// - Returns: The call.
    public static func task(
        _ task: TaskName,
        _ arguments: [JSONValue] = [],
        keywordArguments: JSONObject = JSONObject(),
        queue: QueueName? = nil
    ) -> Signature {
        var signature = Signature(.task(task), arguments: arguments, keywordArguments: keywordArguments)
        if let queue { signature.options["queue"] = .string(queue.rawValue) }
        return signature
    }

    /// The same, doing without the result of what is before it.
    var ignoringResult: Signature {
        var copy = self
        copy.isImmutable = true
        switch form {
        case .task, .chord: break
        case .group(let members): copy.members = members.map(\.ignoringResult)
        case .chain(let members):
            if let first = members.first { copy.members[0] = first.ignoringResult }
        }
        return copy
    }

    /// The same, its tasks and their callbacks carrying marks (celery.canvas, `Signature.stamp`).
    func stamped(_ stamps: [String: [String]]) -> Signature {
        var copy = self
        copy.options = Self.options(options, stamped: stamps)
        for name in [Option.callbacks, Option.errorCallbacks] {
            let callbacks = self.callbacks(name)
            guard !callbacks.isEmpty else { continue }
            copy.options[name] = .array(callbacks.map { (try? Signature(json: $0))?.stamped(stamps).json ?? $0 })
        }
        switch form {
        case .task: break
        case .chain(let members), .group(let members): copy.members = members.map { $0.stamped(stamps) }
        case .chord(let header, let body):
            copy.form = .chord(header: header.map { $0.stamped(stamps) }, body: body.stamped(stamps))
        }
        return copy
    }

    /// Options with stamps beside those that they name already; of two of one name the new one counts.
    static func options(_ options: JSONObject, stamped stamps: [String: [String]]) -> JSONObject {
        guard !stamps.isEmpty else { return options }
        var options = options
        let known = options.given("stamped_headers")?.array?.compactMap(\.string) ?? []
        options["stamped_headers"] = .array(Set(known).union(stamps.keys).sorted().map { .string($0) })
        for (name, values) in stamps { options[name] = .array(values.map { .string($0) }) }
        return options
    }

    func followed(by next: Signature) -> Signature {
        Signature(.chain((isChain && options.isEmpty ? members : [self]) + [next]))
    }

    /// With a callback, linked where Celery does it: to the members of a group, of which each may fail, and otherwise
    /// to the whole.
    func linked(_ callback: JSONValue, _ name: String) -> Signature {
        var copy = self
        if isGroup {
            copy.members = members.map { $0.linked(callback, name) }
        } else {
            copy.append([callback], to: name)
        }
        return copy
    }
}
