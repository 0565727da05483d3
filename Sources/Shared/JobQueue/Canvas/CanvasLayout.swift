import JSON

/// Lays out signatures as the messages and chords that they come to. By the rules of celery.canvas (`apply_async` and
/// `freeze` of its classes, 5.7), so that it makes no difference which kind of worker does it.
struct CanvasLayout {
    /// What a task is called with before its own arguments.
    enum Leading: Sendable, Hashable {
        case nothing
        /// JSON.
        case value([UInt8])
        /// The results of a chord, which only the script knows.
        case results
    }

    /// The task that publishes; nil where a client does.
    let parentID: TaskID?
    /// With what all began; nil where each task is its own beginning.
    let rootID: TaskID?
    let writer: CanvasMessageWriter
    private var ids: DerivedIDs
    var plan = CanvasPlan()

    /// - Parameters:
    ///   - parentID: The task that publishes; nil where a client does.
    ///   - rootID: With what all began; nil where each task is its own beginning.
    ///   - source: What new ids are derived from.
    ///   - writer: Writes the messages.
    init(parentID: TaskID?, rootID: TaskID?, ids source: String, writer: CanvasMessageWriter) {
        self.parentID = parentID
        self.rootID = rootID
        self.writer = writer
        ids = DerivedIDs(from: source)
    }

    mutating func nextID() -> String { ids.next() }

    /// Publishes a signature.
    ///
    /// - Parameters:
    ///   - signature: What to call.
    ///   - leading: With what, before its own arguments, unless it is immutable.
    ///   - given: Options that count before its own; but a group id of its own stays, since a chord waits for it.
    /// - Returns: What the publishing task has as its child: the first task, or the group; nil where nothing was
    ///   published.
    /// - Throws: `UnreadableSignature` where an option cannot be read.
    @discardableResult
    mutating func call(
        _ signature: Signature,
        _ leading: Leading,
        _ given: JSONObject = JSONObject()
    ) throws(UnreadableSignature) -> ResultReference? {
        var signature = signature
        signature.options = Self.options(of: signature, with: given)
        let leading = signature.isImmutable ? .nothing : leading
        switch signature.form {
        case .task: return try publish(signature, leading)
        case .chain: return try call(chain: signature, leading)
        case .group: return try call(group: signature, leading)
        case .chord(let header, let body): return try call(chord: signature, header, body, leading)
        }
    }

    /// celery.canvas, `Signature._merge`.
    private static func options(of signature: Signature, with given: JSONObject) -> JSONObject {
        var options = signature.options
        let stamps = options.given("stamped_headers")?.array?.compactMap(\.string) ?? []
        let kept = [Signature.Option.groupID, "stamped_headers"] + stamps
        for member in given.members where !member.value.isNull {
            if kept.contains(member.key), options.given(member.key) != nil { continue }
            options[member.key] = member.value
        }
        return options
    }

    private mutating func publish(
        _ signature: Signature,
        _ leading: Leading
    ) throws(UnreadableSignature) -> ResultReference {
        let id = signature.taskID ?? nextID()
        plan.messages.append(
            try writer.message(signature, id: TaskID(id), leading, parentID: parentID, rootID: rootID)
        )
        return ResultReference(TaskID(id))
    }

    private mutating func call(
        chain: Signature,
        _ leading: Leading
    ) throws(UnreadableSignature) -> ResultReference? {
        var chain = chain
        freeze(&chain)
        var steps = chain.members
        guard !steps.isEmpty else { return nil }
        let callbacks = chain.callbacks(Signature.Option.callbacks)
        steps[steps.count - 1].append(callbacks, to: Signature.Option.callbacks)
        if !steps[0].isImmutable { steps[0].arguments = chain.arguments + steps[0].arguments }
        var options = ChainSteps.firstTaskOptions(of: chain)
        options[Signature.Option.chain] = .array((chain.rest ?? []) + steps.dropFirst().reversed().map(\.json))
        return try call(steps[0], leading, options)
    }

    private mutating func call(
        group: Signature,
        _ leading: Leading
    ) throws(UnreadableSignature) -> ResultReference? {
        let id = group.taskID ?? nextID()
        var options = group.options
        for name in [Signature.Option.taskID, Signature.Option.groupIndex, Signature.Option.chord] {
            options[name] = nil
        }
        return try call(members: group.members, of: id, chord: group.chord, leading, options)
    }

    /// Publishes the members of a group, or of a chord's header.
    private mutating func call(
        members: [Signature],
        of groupID: String,
        chord: JSONValue?,
        _ leading: Leading,
        _ options: JSONObject
    ) throws(UnreadableSignature) -> ResultReference? {
        var members = Self.flat(members)
        guard !members.isEmpty else { return nil }
        let results = freeze(members: &members, of: groupID)
        let isCounted = members.last.map { (chord ?? $0.chord) != nil && $0.groupID == groupID } ?? false
        if isCounted, !plan.setups.contains(where: { $0.groupID == groupID }) {
            let size = members.reduce(0) { $0 + $1.leafCount }
            plan.setups.append(CanvasPlan.Setup(groupID: groupID, size: size, structure: nil))
        }
        for member in members {
            var given = options
            given[Signature.Option.groupID] = .string(groupID)
            given[Signature.Option.chord] = chord ?? member.chord
            try call(member, leading, given)
        }
        // A chain that ends in a group is that group for who looks for results.
        if results.count == 1, results[0].isGroup { return results[0] }
        return ResultReference(TaskID(groupID), members: results)
    }

    private mutating func call(
        chord: Signature,
        _ header: [Signature],
        _ body: Signature,
        _ leading: Leading
    ) throws(UnreadableSignature) -> ResultReference? {
        let id = chord.taskID ?? nextID()
        var options = chord.options
        let own = [
            Signature.Option.taskID, Signature.Option.callbacks, Signature.Option.errorCallbacks, "parent_id",
            "countdown", "eta",
        ]
        for name in own { options[name] = nil }
        var body = body.linked(
            to: chord.callbacks(Signature.Option.callbacks),
            onError: chord.callbacks(Signature.Option.errorCallbacks)
        )
        body.options = body.options.merging(options)
        freeze(&body, as: chord.taskID, in: Place(groupID: id))
        guard !header.isEmpty else { return try call(body, .value(Array("[]".utf8))) }

        var header = Self.flat(header)
        let results = freeze(members: &header, of: id)
        let structure: [UInt8]? =
            results.contains(where: \.isGroup)
            ? JSONValue.object(["result": ResultReference(TaskID(id), members: results).json]).bytes : nil
        let size = header.reduce(0) { $0 + $1.leafCount }
        plan.setups.append(CanvasPlan.Setup(groupID: id, size: size, structure: structure))
        options[Signature.Option.chain] = nil
        options[Signature.Option.chord] = nil
        options[Signature.Option.groupID] = nil
        options[Signature.Option.groupIndex] = nil
        for name in ["countdown", "eta"] { options[name] = chord.options.given(name) }
        for index in header.indices where !header[index].isImmutable {
            header[index].arguments = chord.arguments + header[index].arguments
        }
        return try call(members: header, of: id, chord: body.json, leading, options)
    }

    /// Groups among the members become part of the group; chains of nothing go.
    static func flat(_ members: [Signature]) -> [Signature] {
        var flat: [Signature] = []
        for member in members {
            switch member.form {
            case .group(let inner): flat += self.flat(inner)
            case .chain(let inner) where inner.isEmpty: break
            case .chain, .chord, .task: flat.append(member)
            }
        }
        return flat
    }
}

extension Signature {
    /// With callbacks that were linked to a chord whose body this is (celery.canvas, `_chord._add_body_callbacks`).
    fileprivate func linked(to callbacks: [JSONValue], onError errorCallbacks: [JSONValue]) -> Signature {
        var body = self
        if body.isGroup, !body.members.isEmpty {
            let immutable = callbacks.map { callback in
                guard var object = callback.object else { return callback }
                object["immutable"] = true
                return .object(object)
            }
            body.members[0].append(immutable, to: Option.callbacks)
            for index in body.members.indices { body.members[index].append(errorCallbacks, to: Option.errorCallbacks) }
        } else {
            body.append(callbacks, to: Option.callbacks)
            body.append(errorCallbacks, to: Option.errorCallbacks)
        }
        return body
    }
}
