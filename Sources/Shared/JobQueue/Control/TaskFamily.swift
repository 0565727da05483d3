import JSON
public import Redis

/// What a task belongs to, as far as its message, its result and Redis tell.
public struct TaskFamily: Sendable, Equatable {
    /// With what all began; nil where nobody says, or the task is it.
    public internal(set) var root: TaskID?
    /// The task that it follows from.
    public internal(set) var parent: TaskID?
    /// The group, or the header of a chord, that it is a member of.
    public internal(set) var group: String?
    /// Its place there, from 0.
    public internal(set) var groupIndex: Int64?
    /// What follows it in its chain, the next one first: names of tasks, or `celery.group` and such.
    public internal(set) var next: [String] = []
    /// The tasks and groups that it has led to so far.
    public internal(set) var children: [ResultReference] = []
    /// The chord that it is a part of, or the body of.
    public internal(set) var chord: ChordProgress?

    /// Nothing is known of it but itself.
    public var isAlone: Bool {
        root == nil && parent == nil && group == nil && next.isEmpty && children.isEmpty && chord == nil
    }

    /// The same in plain words, a sentence each.
    public var sentences: [String] {
        var sentences: [String] = []
        if let parent { sentences.append("it follows from task \(parent)") }
        if let root, root != parent { sentences.append("all of it began with task \(root)") }
        if let group {
            sentences.append("it is member \(groupIndex.map { "\($0 + 1) " } ?? "")of group \(group)")
        }
        if let chord { sentences.append(chord.sentence) }
        if !next.isEmpty { sentences.append("after it come \(next.joined(separator: ", "))") }
        if !children.isEmpty {
            sentences.append("it has led to \(children.map(\.shown).joined(separator: ", "))")
        }
        return sentences
    }
}

extension ResultReference {
    /// In words: the id, of a group with the number of its tasks.
    package var shown: String { isGroup ? "group \(id) of \(tasks.count)" : id.rawValue }
}

/// How far the header of a chord is (celery.backends.redis, `on_chord_part_return`).
public struct ChordProgress: Sendable, Equatable {
    public enum State: String, Sendable {
        /// Parts are missing.
        case open
        /// All parts have ended, and the body was called.
        case called
        /// A part failed, and with it the body.
        case failed
    }

    public let state: State
    /// How many parts have ended; nil where that is not kept any more.
    public let ended: Int?
    /// How many there are; nil where that is not kept any more.
    public let parts: Int?
    /// The task that is called with their results, where the message tells.
    public internal(set) var body: String?
    /// The id that it has, where the message tells.
    public internal(set) var bodyID: TaskID?

    /// In plain words.
    public var sentence: String {
        let count = ended.map { "\($0) of \(parts.map { "\($0)" } ?? "an unknown number of") parts have ended" }
        let target = body.map { " \($0)\(bodyID.map { " (\($0))" } ?? "")" } ?? " its body"
        switch state {
        case .open: return "its chord waits: \(count ?? "parts are missing"), then\(target) is called"
        case .called: return "its chord is complete, and\(target) was called"
        case .failed: return "its chord has failed\(count.map { ", \($0)" } ?? ""), and\(target) with it"
        }
    }

    /// Reads what Redis keeps of a chord; nil where it is none, or long over.
    ///
    /// - Parameters:
    ///   - size: `.s`: how many parts were set up.
    ///   - added: `.t`: how many came later.
    ///   - ended: How many are in `.j`, and in `.d`, the more of both.
    ///   - claim: `.c`: `done`, or who calls the body.
    init?(size: Int64?, added: Int64, ended: Int64, claim: String?) {
        if claim == "done" {
            (state, self.ended, parts) = (.called, nil, nil)
        } else if let size {
            (state, self.ended, parts) = (.open, Int(clamping: ended), Int(clamping: size &+ added))
        } else if ended > 0 {
            // What is left where a part failed: the size goes, and the parts stay for a while.
            (state, self.ended, parts) = (.failed, Int(clamping: ended), nil)
        } else {
            return nil
        }
    }
}

extension QueueInspector {
    /// Tells what a task belongs to. One round trip where it is in a group, else none.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - finding: What ``find(_:in:bound:)`` found of it.
    /// - Returns: Its relations; what nothing tells is missing.
    /// - Throws: `RedisError` where Redis does not answer.
    public func family(of id: TaskID, _ finding: TaskFinding) async throws(RedisError) -> TaskFamily {
        let message = finding.place?.message
        var family = message?.family ?? TaskFamily()
        family.parent = family.parent ?? finding.state?.parent
        family.group = family.group ?? finding.state?.group
        family.children = finding.state?.children ?? []
        if family.root == id { family.root = nil }
        guard let group = family.group else {
            family.chord = nil
            return family
        }
        let (body, bodyID) = (family.chord?.body, family.chord?.bodyID)
        family.chord = try await chord(of: group)
        family.chord?.body = body
        family.chord?.bodyID = bodyID
        return family
    }

    private func chord(of group: String) async throws(RedisError) -> ChordProgress? {
        let base = redis.names.group(group)
        let replies = try await redis.send(pipeline: [
            RedisCommand("GET", base + ".s"), RedisCommand("GET", base + ".t"), RedisCommand("GET", base + ".c"),
            RedisCommand("SCARD", base + ".d"),
            // One of both is of another type: the parts are a list with `result_chord_ordered` off.
            RedisCommand("ZCARD", base + ".j"), RedisCommand("LLEN", base + ".j"),
        ])
        let values = replies.map { try? $0.get() }
        func count(_ index: Int) -> Int64? { values[index]?.string.flatMap { Int64($0) } ?? values[index]?.integer }
        return ChordProgress(
            size: count(0),
            added: count(1) ?? 0,
            ended: (3...5).compactMap { count($0) }.max() ?? 0,
            claim: values[2]?.string
        )
    }
}

extension TaskFamily {
    /// What a message tells: its headers, and its body where that is readable text.
    init(headers: JSONValue, body: [JSONValue]?) {
        self.init()
        root = headers["root_id"]?.string.map { TaskID($0) }
        parent = headers["parent_id"]?.string.map { TaskID($0) }
        group = headers["group"]?.string
        groupIndex = headers["group_index"]?.integer
        guard let embed = body?.dropFirst(2).first else { return }
        next = (embed["chain"]?.array ?? []).reversed().map { $0["task"]?.string ?? "?" }
        guard let called = embed["chord"], let name = called["task"]?.string else { return }
        chord = ChordProgress(size: 0, added: 0, ended: 0, claim: nil)
        chord?.body = name
        chord?.bodyID = called["options"]?["task_id"]?.string.map { TaskID($0) }
    }
}
