import JSON

/// A task that others take the place of (celery.app.task, `Task.replace`).
extension CanvasLayout {
    /// Publishes them: the last one has the task's id, its place in a chord or group, and whatever follows it.
    ///
    /// - Parameters:
    ///   - task: The task that ends here without a result of its own.
    ///   - workflow: What follows it.
    ///   - signature: What stands in its place. Ids of its own for the last task are not heeded.
    /// - Throws: `UnreadableSignature` where one cannot be called.
    mutating func replace(
        _ task: TaskMessage,
        _ workflow: Workflow,
        by signature: Signature
    ) throws(UnreadableSignature) {
        var whole = signature.collected.nested(task.replacedTaskNesting + 1)
        whole.forgetFinalID()
        whole.append(workflow.callbacks.map(\.json), to: Signature.Option.callbacks)
        whole.append(workflow.errorCallbacks.map(\.json), to: Signature.Option.errorCallbacks)
        // Celery forgets the group of a task where a chain comes before what is left of another one.
        let isSpliced = whole.isChain && !workflow.rest.isEmpty
        let place = Place(
            groupID: isSpliced ? nil : task.groupID,
            index: isSpliced ? nil : task.groupIndex.map { Int($0) },
            chord: workflow.body?.json
        )
        freeze(&whole, as: task.id.rawValue, in: place)
        if !workflow.rest.isEmpty { whole = Signature(.chain([whole] + workflow.rest.reversed())) }
        try call(whole, .nothing)
    }
}

extension Signature {
    /// With one task at its end, as only a task can have the id and the followers of another: the results of a group
    /// are made one.
    fileprivate var collected: Signature {
        var copy = self
        switch form {
        case .task: break
        case .group(let members):
            var header = self
            header.form = .group(members)
            copy = Signature(.chain([header, AccumulateJob.signature]))
        case .chain(let members):
            if let last = members.last { copy.members[members.count - 1] = last.collected }
        case .chord(let header, let body):
            copy.form = .chord(header: header, body: body.collected)
        }
        return copy
    }

    /// With the nesting in each of its tasks.
    fileprivate func nested(_ depth: Int) -> Signature {
        var copy = self
        switch form {
        case .task: copy.options[SignatureOptions.replacedTaskNesting] = .integer(Int64(depth))
        case .group(let members): copy.form = .group(members.map { $0.nested(depth) })
        case .chain(let members): copy.form = .chain(members.map { $0.nested(depth) })
        case .chord(let header, let body):
            copy.form = .chord(header: header.map { $0.nested(depth) }, body: body.nested(depth))
        }
        return copy
    }

    /// Its last task gets the id that it is given.
    fileprivate mutating func forgetFinalID() {
        switch form {
        case .task, .group: taskID = nil
        case .chain(var members):
            taskID = nil
            if let last = members.indices.last { members[last].forgetFinalID() }
            form = .chain(members)
        case .chord(let header, var body):
            body.forgetFinalID()
            form = .chord(header: header, body: body)
        }
    }
}
