import JSON

/// What the end of a task brings about (celery.app.trace and celery.backends.base, `mark_as_done` and
/// `mark_as_failure`).
extension CanvasLayout {
    /// The task that has ended, where it is to be counted as a part of a chord.
    struct Member {
        let id: String
        let groupID: String
        let index: Int64?
        /// The body of the chord.
        let body: Signature
    }

    /// An error that follows have to be told: known, or what the script finds.
    enum Failure {
        /// Celery's exception object, and the traceback of the task that failed.
        case known([UInt8], traceback: String?)
        case gap(CanvasPlan.Template.Gap)

        /// The same with the traceback that the script writes.
        var traced: Failure {
            switch self {
            case .gap(.error): .gap(.tracedError)
            case .gap(.cause): .gap(.tracedCause)
            case .gap, .known: self
            }
        }
    }

    /// The task succeeded.
    ///
    /// - Parameters:
    ///   - workflow: What follows.
    ///   - member: The task as a part of a chord.
    ///   - result: What it returned.
    ///   - part: The same as it stands among the results of the chord.
    /// - Returns: The task's children.
    /// - Throws: `UnreadableSignature` where what follows cannot be called.
    mutating func succeed(
        _ workflow: Workflow,
        _ member: Member?,
        result: [UInt8],
        part: [UInt8]
    ) throws(UnreadableSignature) -> [ResultReference] {
        var children: [ResultReference] = []
        func add(_ child: ResultReference?) { if let child { children.append(child) } }
        if workflow.callbacks.count > 1 {
            for group in workflow.callbacks where group.isGroup { add(try call(group, .value(result))) }
            let others = workflow.callbacks.filter { !$0.isGroup }
            if !others.isEmpty { add(try call(Signature(.group(others)), .value(result))) }
        } else if let callback = workflow.callbacks.first {
            add(try call(callback, .value(result)))
        }
        if let next = workflow.rest.last {
            let rest = JSONValue.array(workflow.rest.dropLast().map(\.json))
            add(try call(next, .value(result), [Signature.Option.chain: rest]))
        }
        if let member { try end(member, .success, value: part) }
        return children
    }

    /// The task failed for good.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - workflow: What would have followed.
    ///   - member: The task as a part of a chord.
    ///   - exception: Celery's exception object.
    ///   - traceback: As in the task's own result.
    /// - Throws: `UnreadableSignature` where what follows cannot be called.
    mutating func fail(
        _ id: TaskID,
        _ workflow: Workflow,
        _ member: Member?,
        exception: [UInt8],
        traceback: String?
    ) throws(UnreadableSignature) {
        if let member { try end(member, .failure, value: exception) }
        try fail(workflow.rest, .known(exception, traceback: traceback))
        try call(errorCallbacks: workflow.errorCallbacks, of: id.rawValue, rootID: rootID)
    }

    /// The task was not run to its end, and did not fail. Celery leaves the rest of the chain as it is.
    mutating func revoke(_ member: Member, exception: [UInt8]) throws(UnreadableSignature) {
        try end(member, .revoked, value: exception)
    }

    // MARK: Chords

    private mutating func end(
        _ member: Member,
        _ state: CanvasPlan.Part.State,
        value: [UInt8]?
    ) throws(UnreadableSignature) {
        var success = nested()
        if state == .success { try success.call(member.body, .results) }
        var failure = nested()
        try failure.fail(body: member.body)
        plan.parts.append(
            CanvasPlan.Part(
                groupID: member.groupID,
                id: member.id,
                index: member.index,
                state: state,
                value: value,
                success: success.plan,
                failure: failure.plan
            )
        )
    }

    /// For what only follows in a case that the script decides.
    private mutating func nested() -> CanvasLayout {
        CanvasLayout(parentID: parentID, rootID: rootID, ids: nextID(), writer: writer)
    }

    /// A part of the chord failed: so does its body, with all that would follow it (celery.backends.base,
    /// `chord_error_from_stack`).
    private mutating func fail(body: Signature) throws(UnreadableSignature) {
        var body = body
        let result = freeze(&body)
        if case .group(let members) = body.form {
            let own = body.callbacks(Signature.Option.errorCallbacks)
            for member in members {
                var member = member
                member.append(own, to: Signature.Option.errorCallbacks)
                try fail(whole: member, .gap(.cause))
            }
            store(.gap(.cause), for: result.id.rawValue)
        } else {
            try fail(whole: body, .gap(.error))
        }
        try fail(try Signature.list(body.rest ?? []), .gap(.error))
    }

    /// What is not called any more as one: its result is the failure, its error callbacks are called, and a chord that
    /// waits for it counts it.
    private mutating func fail(whole signature: Signature, _ failure: Failure) throws(UnreadableSignature) {
        var signature = signature
        let id = freeze(&signature).id.rawValue
        try call(errorCallbacks: try signature.errorCallbacks, of: id, rootID: TaskID(id))
        // As Celery, without the fields of `result_extended`: it has no request for them.
        store(failure.traced, for: id)
        for member in try signature.parts { try end(member, failure) }
    }

    private mutating func end(_ member: Member, _ failure: Failure) throws(UnreadableSignature) {
        switch failure {
        case .known(let exception, _): try end(member, .failure, value: exception)
        case .gap: try end(member, .failure, value: nil)
        }
    }

    // MARK: Chains

    /// Fails what a chain has left (celery.backends.base, `_fail_chain`). Celery leaves the members of a group without
    /// an end, for whom their callers wait for ever; here they fail, too.
    private mutating func fail(_ rest: [Signature], _ failure: Failure) throws(UnreadableSignature) {
        for signature in rest {
            if let id = signature.taskID { store(failure, for: id, of: signature) }
            switch signature.form {
            case .task:
                for member in try signature.parts { try end(member, failure) }
            case .group(let members), .chain(let members):
                try fail(members, failure)
            case .chord(_, let body):
                try fail([body], failure)
                try fail(try Signature.list(body.rest ?? []), failure)
            }
        }
    }

    /// The failure of a task; `signature` is what it would have been called by, where Celery's own result tells it.
    private mutating func store(_ failure: Failure, for id: String, of signature: Signature? = nil) {
        let (id, now) = (TaskID(id), writer.now)
        let details = signature.map { writer.details(of: $0) } ?? []
        let write = { (exception: [UInt8], traceback: String?) in
            var text = TaskResult.failure(
                of: id,
                group: signature?.groupID,
                parent: signature?.options.given("parent_id")?.string.map { TaskID($0) },
                exception: exception,
                traceback: traceback,
                at: now
            )
            ResultDetails.add(details, to: &text, of: id)
            return text
        }
        let text =
            switch failure {
            case .known(let exception, let traceback): CanvasPlan.Template(before: write(exception, traceback))
            case .gap(let gap): writer.template({ write($0, nil) }, gap: gap)
            }
        plan.results.append(CanvasPlan.Result(id: id, text: text, life: writer.failureExpires))
    }

    /// As Celery does it, as one group even where it is only one.
    private mutating func call(
        errorCallbacks: [Signature],
        of id: String,
        rootID: TaskID?
    ) throws(UnreadableSignature) {
        guard !errorCallbacks.isEmpty else { return }
        var layout = CanvasLayout(parentID: TaskID(id), rootID: rootID, ids: nextID(), writer: writer)
        try layout.call(Signature(.group(errorCallbacks)), .value(JSONValue.string(id).bytes))
        plan.append(layout.plan)
    }
}

extension Signature {
    /// Called where it fails.
    fileprivate var errorCallbacks: [Signature] {
        get throws(UnreadableSignature) {
            try Signature.list(callbacks(Option.errorCallbacks))
        }
    }

    /// The tasks of it that a chord waits for.
    fileprivate var parts: [CanvasLayout.Member] {
        get throws(UnreadableSignature) {
            switch form {
            case .task:
                guard let id = taskID, let groupID, let chord else { return [] }
                return [
                    CanvasLayout.Member(
                        id: id,
                        groupID: groupID,
                        index: groupIndex,
                        body: try Signature(json: chord)
                    )
                ]
            case .group(let members):
                var parts: [CanvasLayout.Member] = []
                for member in members { parts += try member.parts }
                return parts
            case .chain(let members): return try members.last?.parts ?? []
            case .chord(_, let body): return try body.parts
            }
        }
    }
}
