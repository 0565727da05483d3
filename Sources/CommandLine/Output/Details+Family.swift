import JSON
import JobQueue

extension Details {
    /// What a task belongs to; a person is spared it where it is alone.
    mutating func add(family: TaskFamily) {
        add("PARENT", family.parent?.rawValue)
        add("ROOT", family.root?.rawValue)
        add("GROUP", family.group)
        add("GROUP INDEX", family.groupIndex.map { .integer($0) })
        add("CHORD", family.chord?.state.rawValue)
        add("CHORD ENDED", family.chord?.ended.map { .integer(Int64($0)) })
        add("CHORD PARTS", family.chord?.parts.map { .integer(Int64($0)) })
        add("CHORD BODY", family.chord?.body)
        add("CHORD BODY ID", family.chord?.bodyID?.rawValue)
        add("NEXT", list(family.next))
        add("CHILDREN", list(family.children.map(\.shown)))
    }

    private func list(_ texts: [String]) -> JSONValue? {
        texts.isEmpty ? nil : .array(texts.map { .string($0) })
    }
}
