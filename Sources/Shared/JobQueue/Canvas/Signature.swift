package import JSON

/// A task that is still to be called, or several of them in some order: what a canvas is made of and what Celery writes
/// into messages (celery.canvas, `Signature`).
///
/// As a value it can be nested, copied and changed before it is called. Build typed ones with `Canvas`; this is their
/// wire form, and the way to call tasks that only exist in Python.
public struct Signature: Sendable, Hashable {
    package indirect enum Form: Sendable, Hashable {
        /// One task. `kind` is what Celery calls its special ones: `xmap`, `xstarmap`.
        case task(TaskName, kind: String? = nil)
        /// One after the other, each with the result of the one before it.
        case chain([Signature])
        /// Side by side.
        case group([Signature])
        /// Side by side, and then one with the list of their results.
        case chord(header: [Signature], body: Signature)
    }

    package var form: Form
    package var arguments: [JSONValue]
    package var keywordArguments: JSONObject
    /// Celery's options by their names: `task_id`, `queue`, `link`, `countdown` and the others.
    package var options: JSONObject
    /// Whether it does without the result of the task before it, and of the failed task where it is an error callback.
    public var isImmutable: Bool

    package init(
        _ form: Form,
        arguments: [JSONValue] = [],
        keywordArguments: JSONObject = JSONObject(),
        options: JSONObject = JSONObject(),
        isImmutable: Bool = false
    ) {
        self.form = form
        self.arguments = arguments
        self.keywordArguments = keywordArguments
        self.options = options
        self.isImmutable = isImmutable
    }

    /// Those of a group, a chain or a chord's header; none of a task.
    package var members: [Signature] {
        get {
            switch form {
            case .task: []
            case .chain(let members), .group(let members), .chord(let members, _): members
            }
        }
        set {
            switch form {
            case .task: break
            case .chain: form = .chain(newValue)
            case .group: form = .group(newValue)
            case .chord(_, let body): form = .chord(header: newValue, body: body)
            }
        }
    }

    package var isGroup: Bool { if case .group = form { true } else { false } }
    package var isChain: Bool { if case .chain = form { true } else { false } }
    package var isChord: Bool { if case .chord = form { true } else { false } }

    /// How many tasks a chord waits for that has this in its header (celery.canvas, `_chord._descend`).
    var leafCount: Int {
        switch form {
        case .task: 1
        case .group(let members): members.reduce(0) { $0 + $1.leafCount }
        case .chain(let members): members.reversed().lazy.map(\.leafCount).first { $0 > 0 } ?? 0
        case .chord(_, let body): body.leafCount
        }
    }
}

// MARK: Options

extension Signature {
    /// Names of options that this code gives a meaning.
    enum Option {
        static let taskID = "task_id"
        static let groupID = "group_id"
        static let groupIndex = "group_index"
        static let chord = "chord"
        static let chain = "chain"
        static let callbacks = "link"
        static let errorCallbacks = "link_error"
    }

    /// The id of the task, of a chain's last task, of a group, or of a chord's header.
    var taskID: String? {
        get { options[Option.taskID]?.string }
        set { options[Option.taskID] = newValue.map { .string($0) } }
    }

    var groupID: String? {
        get { options[Option.groupID]?.string }
        set { options[Option.groupID] = newValue.map { .string($0) } }
    }

    var groupIndex: Int64? {
        get { options[Option.groupIndex]?.integer }
        set { options[Option.groupIndex] = newValue.map { .integer($0) } }
    }

    /// The body of the chord that it is a part of.
    var chord: JSONValue? {
        get { options.given(Option.chord) }
        set { options[Option.chord] = newValue }
    }

    /// What follows it in a chain, the next one last.
    var rest: [JSONValue]? {
        get { options.given(Option.chain)?.array }
        set { options[Option.chain] = newValue.map { .array($0) } }
    }

    /// Called with its result, or with its id where it fails.
    func callbacks(_ name: String) -> [JSONValue] {
        guard let value = options.given(name) else { return [] }
        return value.array ?? [value]
    }

    mutating func append(_ callbacks: [JSONValue], to name: String) {
        guard !callbacks.isEmpty else { return }
        var all = self.callbacks(name)
        for callback in callbacks where !all.contains(callback) { all.append(callback) }
        options[name] = .array(all)
    }
}

extension JSONObject {
    /// The value under a name; nil also where that is null, which Celery's options take for not given.
    func given(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    /// With the members of `others` in place of those of the same names.
    func merging(_ others: JSONObject) -> JSONObject {
        var merged = self
        for member in others.members { merged[member.key] = member.value }
        return merged
    }
}
