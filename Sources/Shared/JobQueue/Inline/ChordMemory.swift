import JSON

/// The chords of a queue in memory, and what a plan comes to there: what `QueueScripts.canvasFunctions` and
/// `chordFunctions` do in Redis, in the same order.
///
/// Left out is what only Redis needs: the life of keys, and what Python's workers do to a chord beside ours.
package struct ChordMemory: Sendable {
    /// What becomes of a plan, one after the other.
    package enum Consequence: Sendable {
        /// A task that will never run, or a group of such, has this state; unless it has succeeded.
        case result(of: TaskID, text: [UInt8])
        case task(IncomingTask, in: QueueName)
    }

    /// What Redis keeps in a chord's keys: `.s`, the plain one, `.j`, `.d` and `.c`.
    private struct Chord {
        var size: Int?
        var structure: JSONValue?
        var parts: [Part] = []
        var ended: Set<PartKey> = []
        var isCalled = false
    }

    private struct Part {
        let key: PartKey
        let state: CanvasPlan.Part.State
        let value: [UInt8]
    }

    private struct PartKey: Hashable {
        let id: String
        let index: Int64?
    }

    private typealias Gaps = [CanvasPlan.Template.Gap: [UInt8]]

    private var chords: [String: Chord] = [:]
    private var consequences: [Consequence] = []

    package init() {}

    /// Carries out a plan, and all that it leads to at once: where the last part of a chord ends, its body or its
    /// failure follows.
    package mutating func carryOut(_ plan: InlinePlan) -> [Consequence] {
        consequences = []
        carry(plan.plan, [:], plan.payload)
        defer { consequences = [] }
        return consequences
    }

    private mutating func carry(_ plan: CanvasPlan, _ gaps: Gaps, _ payload: (any PayloadCoding)?) {
        for setup in plan.setups {
            var chord = chords[setup.groupID] ?? Chord()
            chord.isCalled = false
            chord.size = setup.size
            if let structure = setup.structure {
                chord.structure = try? JSONValue(parsing: structure, maximumDepth: TaskMessage.maximumBodyDepth)
            }
            chords[setup.groupID] = chord
        }
        for result in plan.results {
            consequences.append(.result(of: result.id, text: Self.filled(result.text, gaps)))
        }
        for message in plan.messages {
            let task = IncomingTask(reading: Self.filled(message.text, gaps), aside: message.body, payload)
            consequences.append(.task(task, in: message.queue))
        }
        for part in plan.parts { finish(part, gaps, payload) }
    }

    private mutating func finish(_ part: CanvasPlan.Part, _ gaps: Gaps, _ payload: (any PayloadCoding)?) {
        var chord = chords[part.groupID] ?? Chord()
        guard !chord.isCalled else { return }
        let key = PartKey(id: part.id, index: part.index)
        if chord.ended.insert(key).inserted {
            chord.parts.append(Part(key: key, state: part.state, value: part.value ?? gaps[.error] ?? []))
        }
        chords[part.groupID] = chord
        guard chord.size == chord.parts.count else { return }

        let parts = chord.parts.sorted { Self.precedes($0.key, $1.key) }
        if let failed = parts.first(where: { $0.state != .success }) {
            let raised = Self.shownException(failed.value)
            let message =
                chord.structure == nil ? "Dependency \(failed.key.id) raised \(raised)" : "Join error: \(raised)"
            let error = Self.chordError(message)
            carry(
                part.failure,
                [
                    .cause: failed.value, .error: error,
                    .tracedCause: Self.traced(failed.value, part.groupID),
                    .tracedError: Self.traced(error, part.groupID),
                ],
                payload
            )
            chords[part.groupID]?.size = nil
            return
        }
        var results = Self.list(parts.map(\.value))
        if let reference = chord.structure?["result"], reference.array != nil {
            let values = Dictionary(parts.map { ($0.key.id, $0.value) }, uniquingKeysWith: { $1 })
            results = Self.nested(reference, values)
        }
        var escaped: [UInt8] = []
        JSONText.appendEscaped(results, to: &escaped)
        carry(part.success, [.results: escaped, .list: results], payload)
        chords[part.groupID] = Chord(structure: chord.structure, isCalled: true)
    }

    // MARK: Texts

    private static func filled(_ template: CanvasPlan.Template, _ gaps: Gaps) -> [UInt8] {
        guard let gap = template.gap else { return template.before }
        return template.before + (gaps[gap] ?? []) + template.after
    }

    /// As a sorted set has them: by index, what has none last, and where these are the same by their text.
    private static func precedes(_ left: PartKey, _ right: PartKey) -> Bool {
        let (first, second) = (left.index ?? .max, right.index ?? .max)
        return first == second ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8) : first < second
    }

    private static func list(_ values: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + Array(values.joined(separator: Array(", ".utf8))) + [UInt8(ascii: "]")]
    }

    /// The values in the form of the saved results of the header: `[[id, parent], children or null]`.
    private static func nested(_ reference: JSONValue, _ values: [String: [UInt8]]) -> [UInt8] {
        let pair = reference.array ?? []
        if pair.count == 2, let children = pair[1].array { return list(children.map { nested($0, values) }) }
        return pair.first?.array?.first?.string.flatMap { values[$0] } ?? Array("null".utf8)
    }

    private static func chordError(_ message: String) -> [UInt8] {
        TaskResult.exception(TaskFailure(type: "ChordError", message: message, module: "celery.exceptions"))
    }

    /// An exception object, and behind it the traceback of a result.
    private static func traced(_ json: [UInt8], _ group: String) -> [UInt8] {
        guard let error = try? JSONValue(parsing: json), error.object != nil else {
            return json + TaskResult.noTraceback
        }
        let arguments = error["exc_message"].map { $0.array ?? [$0] } ?? []
        let said =
            arguments.count > 1
            ? "(\(arguments.map(shown).joined(separator: ", ")))" : arguments.first.map { $0.string ?? $0.text } ?? ""
        let module = error["exc_module"]?.string ?? "builtins"
        let last = (module == "builtins" ? "" : module + ".") + (error["exc_type"]?.string ?? "nil")
        let lines = [
            "Traceback (most recent call last):", "  File \"<swift>\", line 1, in celery.chord", "    chord \(group)",
            last + (said.isEmpty ? "" : ": " + said), "",
        ]
        return json + Array(", \"traceback\": ".utf8) + JSONValue.string(lines.joined(separator: "\n")).bytes
    }

    /// As Python's repr() shows an exception.
    private static func shownException(_ json: [UInt8]) -> String {
        guard let error = try? JSONValue(parsing: json), error.object != nil else { return "Exception()" }
        let arguments = error["exc_message"].map { $0.array ?? [$0] } ?? []
        return "\(error["exc_type"]?.string ?? "Exception")(\(arguments.map(shown).joined(separator: ", ")))"
    }

    private static func shown(_ argument: JSONValue) -> String {
        guard let text = argument.string else { return argument.text }
        let mark: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var shown = String(mark)
        for character in text.unicodeScalars {
            switch character {
            case "\\": shown += "\\\\"
            case "'" where mark == "'": shown += "\\'"
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            default: shown.unicodeScalars.append(character)
            }
        }
        shown.append(mark)
        return shown
    }
}
