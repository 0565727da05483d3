import JSON

/// A block of a document.
struct DocumentBlock: Sendable {
    let id: String
    let type: Int64
    /// What stands under the name of its type.
    var content: JSONValue
    var children: [String] = []

    init(id: String = Identifier.temporaryBlock(), type: Int64, content: JSONValue) {
        self.id = id
        self.type = type
        self.content = content
    }

    /// The names of types, under which their content stands (interface specification, section 5.10).
    static let names: [Int64: String] = {
        var names: [Int64: String] = [
            2: "text", 12: "bullet", 13: "ordered", 14: "code", 15: "quote", 17: "todo", 19: "callout", 22: "divider",
            24: "grid", 25: "grid_column", 31: "table", 32: "table_cell", 34: "quote_container",
        ]
        for level in Int64(1)...9 { names[2 + level] = "heading\(level)" }
        return names
    }()

    /// What stands in a block of text.
    static func text(_ runs: [TextRun], style: JSONObject = ["align": 1, "folded": false]) -> JSONValue {
        let elements = (runs.isEmpty ? [TextRun("")] : runs).map(\.element)
        return ["style": .object(style), "elements": .array(elements)]
    }

    var runs: [TextRun] { (content["elements"]?.array ?? []).compactMap { TextRun($0) } }

    mutating func append(_ runs: [TextRun]) {
        guard var object = content.object else { return }
        object["elements"] = .array((content["elements"]?.array ?? []) + runs.map(\.element))
        content = .object(object)
    }

    /// As a conversion answers it.
    var converted: JSONValue {
        [
            "block_id": .string(id), "revision_id": 0, "parent_id": "",
            "children": .array(children.map(JSONValue.string)), "block_type": .integer(type),
            Self.names[type] ?? "text": content,
        ]
    }
}

/// A document that an app made.
struct CloudDocument: Sendable {
    /// Somebody, or a group, that it is shared with.
    struct Member: Sendable, Equatable {
        let type: String
        let id: String
        var access: String
    }

    let id: String
    let title: String
    let appID: String
    /// Milliseconds since 1970.
    let created: Int64
    var revision: Int64 = 1
    var blocks: [String: DocumentBlock] = [:]
    /// The blocks of the first level, in their order.
    var children: [String] = []
    var members: [Member] = []

    /// Lets somebody in, or changes what they may do.
    mutating func admit(_ member: Member) {
        if let index = members.firstIndex(where: { $0.type == member.type && $0.id == member.id }) {
            members[index].access = member.access
        } else {
            members.append(member)
        }
    }
}

/// The documents, bounded in number; the oldest go first.
struct DocumentStore: Sendable {
    private var order = Ring<String>()
    private var documents: [String: CloudDocument] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Oldest first.
    var all: [CloudDocument] { order.elements.compactMap { documents[$0] } }

    subscript(id: String) -> CloudDocument? {
        get { documents[id] }
        set { if documents[id] != nil, let newValue { documents[id] = newValue } }
    }

    mutating func append(_ document: CloudDocument) {
        documents[document.id] = document
        order.append(document.id)
        if order.count > limit, let oldest = order.popFirst() { documents[oldest] = nil }
    }
}
