import JSON

/// Freezing: giving ids to what is only called later (celery.canvas, `freeze`).
extension CanvasLayout {
    /// Where a signature stands among others.
    struct Place {
        var groupID: String?
        var index: Int?
        /// The body of the chord that it is a part of.
        var chord: JSONValue?
    }

    /// Gives ids to all tasks of a signature that have none, and its place to those that a chord waits for.
    ///
    /// - Parameters:
    ///   - signature: What is written into a message, or called next.
    ///   - id: For the task, the last one of a chain, the body of a chord, or the group, where that has none.
    ///   - place: Where it stands.
    /// - Returns: Its result.
    @discardableResult
    mutating func freeze(_ signature: inout Signature, as id: String? = nil, in place: Place = Place())
        -> ResultReference
    {
        switch signature.form {
        case .task:
            let id = signature.taskID ?? id ?? nextID()
            signature.taskID = id
            signature.take(place)
            return ResultReference(TaskID(id))
        case .chain(let members):
            return freeze(ChainSteps.steps(of: members), of: &signature, as: id, in: place)
        case .group(let members):
            let id = signature.taskID ?? id ?? nextID()
            signature.taskID = id
            signature.take(place)
            var members = Self.flat(members)
            var results: [ResultReference] = []
            for index in members.indices {
                let place = Place(groupID: place.groupID, index: index, chord: place.chord)
                results.append(freeze(&members[index], in: place))
            }
            signature.form = .group(members)
            return ResultReference(TaskID(id), members: results)
        case .chord(let header, var body):
            let headerID = signature.taskID ?? nextID()
            var members = Self.flat(header)
            let results = freeze(members: &members, of: nil)
            let result = freeze(&body, as: id, in: place)
            signature.taskID = headerID
            signature.form = .chord(header: members, body: body)
            return result.following(ResultReference(TaskID(headerID), members: results))
        }
    }

    private mutating func freeze(
        _ steps: [Signature],
        of chain: inout Signature,
        as id: String?,
        in place: Place
    ) -> ResultReference {
        var steps = steps
        let errorCallbacks = chain.callbacks(Signature.Option.errorCallbacks)
        // Of a chain that is called, its own options say where it stands.
        let own = Place(
            groupID: chain.groupID ?? place.groupID,
            index: place.index ?? chain.groupIndex.map { Int($0) },
            chord: place.chord ?? chain.chord
        )
        var result: ResultReference?
        for index in steps.indices {
            let isLast = index == steps.count - 1
            let next =
                isLast ? freeze(&steps[index], as: chain.taskID ?? id, in: own) : freeze(&steps[index])
            result = next.following(result)
            steps[index].append(errorCallbacks, to: Signature.Option.errorCallbacks)
            if case .chord(let header, var body) = steps[index].form {
                body.append(errorCallbacks, to: Signature.Option.errorCallbacks)
                steps[index].form = .chord(header: header, body: body)
            }
        }
        chain.form = .chain(steps)
        let last = result ?? ResultReference(TaskID(chain.taskID ?? id ?? nextID()))
        chain.taskID = last.id.rawValue
        return last
    }

    /// Members of one group, flat.
    mutating func freeze(members: inout [Signature], of groupID: String?) -> [ResultReference] {
        var results: [ResultReference] = []
        results.reserveCapacity(members.count)
        for index in members.indices {
            results.append(freeze(&members[index], in: Place(groupID: groupID, index: index)))
        }
        return results
    }
}

extension Signature {
    /// The group that it was in before stays.
    fileprivate mutating func take(_ place: CanvasLayout.Place) {
        if groupID == nil { groupID = place.groupID }
        if let index = place.index { groupIndex = Int64(index) }
        if let chord = place.chord { self.chord = chord }
    }
}
