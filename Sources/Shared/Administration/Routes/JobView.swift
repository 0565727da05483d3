import JSON
import JobQueue

/// What is known of a task, as the API shows it.
struct JobView {
    let id: TaskID
    let finding: TaskFinding
    let explanation: TaskExplanation
    let family: TaskFamily

    static let schema = Schemas.shown([
        "id": Schemas.of("string"), "place": Schemas.orNull("string"), "queue": Schemas.orNull("string"),
        "position": Schemas.orNull("integer"), "ordering_key": Schemas.orNull("string"),
        "limit": Schemas.orNull("string"), "worker": Schemas.orNull("string"), "due": Schemas.orNull("string"),
        "in_seconds": Schemas.orNull("number"), "state": Schemas.orNull("string"), "done": Schemas.orNull("string"),
        "result": .object([:]), "reasons": .object(Schemas.list(of: ["type": "string"])),
        "running_since": Schemas.orNull("string"),
        "message": .object(["anyOf": [.object(MessageView.schema), ["type": "null"]]]),
        "dead_letter": .object(["anyOf": [.object(DeadLetterView.schema), ["type": "null"]]]),
        "family": .object(familySchema), "searched_all": Schemas.of("boolean"),
    ])

    private static let familySchema = Schemas.shown([
        "parent": Schemas.orNull("string"), "root": Schemas.orNull("string"), "group": Schemas.orNull("string"),
        "group_index": Schemas.orNull("integer"), "chord": Schemas.orNull("string"),
        "chord_ended": Schemas.orNull("integer"), "chord_parts": Schemas.orNull("integer"),
        "chord_body": Schemas.orNull("string"), "chord_body_id": Schemas.orNull("string"),
        "next": .object(Schemas.list(of: ["type": "string"])),
        "children": .object(Schemas.list(of: ["type": "string"])),
        "sentences": .object(Schemas.list(of: ["type": "string"])),
    ])

    /// - Parameter withContents: Whether what the task carries and what came of it is shown.
    /// - Returns: What `schema` describes.
    func object(withContents: Bool) -> JSONObject {
        var view: JSONObject = [
            "id": .string(id.rawValue), "place": .null, "queue": .null, "position": .null, "ordering_key": .null,
            "limit": .null, "worker": .null, "due": .null, "in_seconds": .null,
            "state": finding.state.map { .string($0.status ?? "(unreadable)") } ?? .null,
            "done": (finding.state?.done).json, "result": withContents ? finding.state?.result ?? .null : .null,
            "reasons": .array(explanation.reasons.map { .string($0) }),
            "running_since": (explanation.runningSince?.text).json,
            "message": finding.place.map { .object(MessageView.of($0.message, withContents: withContents)) } ?? .null,
            "dead_letter": .null, "family": .object(familyView), "searched_all": .bool(finding.isComplete),
        ]
        func put(_ place: String, _ queue: QueueName, _ members: JSONObject) {
            view["place"] = .string(place)
            view["queue"] = .string(queue.rawValue)
            for member in members.members { view[member.key] = member.value }
        }
        switch finding.place {
        case .ready(let queue, let position, _): put("ready", queue, ["position": Int?(position).json])
        case .parked(let queue, let key, let position, _):
            put("parked", queue, ["position": Int?(position).json, "ordering_key": .string(key.rawValue)])
        case .limited(let queue, let limit, let position, _):
            put("limited", queue, ["position": Int?(position).json, "limit": .string(limit)])
        case .inFlight(let queue, let worker, _): put("in_flight", queue, ["worker": .string(worker)])
        case .scheduled(let queue, let task):
            put("scheduled", queue, ["due": .string(task.due.text), "in_seconds": task.wait.json])
        case .dead(let queue, let letter):
            let shown = DeadLetterView.of(letter, withContents: withContents)
            put("dead", queue, ["position": Int?(letter.position).json, "dead_letter": .object(shown)])
        case nil: break
        }
        return view
    }

    private var familyView: JSONObject {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return [
            "parent": (family.parent?.rawValue).json, "root": (family.root?.rawValue).json,
            "group": family.group.json, "group_index": family.groupIndex.map { .integer($0) } ?? .null,
            "chord": (family.chord?.state.rawValue).json, "chord_ended": (family.chord?.ended).json,
            "chord_parts": (family.chord?.parts).json, "chord_body": (family.chord?.body).json,
            "chord_body_id": (family.chord?.bodyID?.rawValue).json, "next": list(family.next),
            "children": list(family.children.map(\.shown)), "sentences": list(family.sentences),
        ]
    }
}
