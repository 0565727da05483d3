import JSON

/// The steps of a chain as they are run (celery.canvas, `_chain.prepare_steps`).
enum ChainSteps {
    /// Chains in the chain become part of it, groups of one their member, groups before another step chords, and chords
    /// whose body is a chain leave all but its first task to the chain.
    static func steps(of members: [Signature]) -> [Signature] {
        var waiting = members
        var steps: [Signature] = []  // The last first.
        while let step = waiting.popLast() {
            switch step.form {
            case .chain(let inner):
                waiting += unchained(inner, step)
            case .group(let inner) where inner.count == 1:
                waiting.append(inner[0])
            case .group(let inner) where inner.isEmpty:
                if waiting.isEmpty, steps.isEmpty { steps.append(step) }
            case .group(let inner):
                if let next = steps.popLast() {
                    var chord = Signature(.chord(header: inner, body: next))
                    chord.taskID = step.taskID
                    steps.append(chord)
                } else {
                    steps.append(step)
                }
            case .chord(let header, let body):
                guard case .chain(let inner) = body.form, let first = inner.first, !first.isGroup else {
                    steps.append(step)
                    continue
                }
                var rest = unchained(inner, body)
                var head = step
                var led = rest.removeFirst()
                led.options = led.options.merging(firstTaskOptions(of: body))
                head.form = .chord(header: header, body: led)
                waiting.append(head)
                waiting += rest
            case .task:
                steps.append(step)
            }
        }
        return steps.reversed()
    }

    /// The tasks of a chain with what was linked to it linked to them.
    private static func unchained(_ members: [Signature], _ chain: Signature) -> [Signature] {
        var members = members
        guard let last = members.indices.last else { return [] }
        members[last].append(chain.callbacks(Signature.Option.callbacks), to: Signature.Option.callbacks)
        let errorCallbacks = chain.callbacks(Signature.Option.errorCallbacks)
        for index in members.indices { members[index].append(errorCallbacks, to: Signature.Option.errorCallbacks) }
        return members
    }

    /// Those of a chain's options that count for its first task; the others are the chain's own.
    static func firstTaskOptions(of chain: Signature) -> JSONObject {
        var options = chain.options
        for name in chainOptions { options[name] = nil }
        return options
    }

    private static let chainOptions = [
        Signature.Option.taskID, Signature.Option.groupID, Signature.Option.groupIndex, Signature.Option.chord,
        Signature.Option.callbacks, Signature.Option.errorCallbacks, "root_id", "parent_id",
    ]
}
