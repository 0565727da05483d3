package import JSON

/// The blocks of a document, as Feishu makes them of Markdown or as they are written here.
///
/// Source: interface specification, section 5.10.
package struct DocumentBlocks: Sendable, Equatable {
    /// What one call of Feishu's takes at most.
    package static let batchBlocks = 1_000
    /// What one call carries at most, in bytes of JSON: Feishu's own bound is told nowhere.
    package static let batchBytes = 512 << 10

    /// The ids of those that stand in the document itself, in their order.
    let firstLevel: [String]
    private let blocks: [String: JSONObject]

    /// Reads the answer of a conversion: first-level ids, and all blocks in no order.
    init?(_ data: JSONValue?) {
        guard let data, let items = data["blocks"]?.array else { return nil }
        firstLevel = (data["first_level_block_ids"]?.array ?? []).compactMap(\.string)
        var blocks: [String: JSONObject] = [:]
        for item in items {
            if let id = item["block_id"]?.nonEmpty, let block = item.object { blocks[id] = block }
        }
        self.blocks = blocks
    }

    /// Blocks that are written here, one below the other: in the batches the first is `b1`, the second `b2`.
    package init(_ written: [WrittenBlock]) {
        var blocks: [String: JSONObject] = [:]
        firstLevel = written.indices.map { String($0) }
        for (id, block) in zip(firstLevel, written) {
            var json = block.json
            json["block_id"] = .string(id)
            blocks[id] = json
        }
        self.blocks = blocks
    }

    /// What goes into one call each, cut between blocks of the first level.
    ///
    /// The ids that Feishu gave are replaced by numbers, so that the same text gives the same calls; what must not be sent
    /// back (`merge_info`, parents, revisions) is left out.
    ///
    /// - Throws: `.content` of the reason `.tooLarge` where one block of the first level, such as a table, is more than a
    ///   call takes.
    package func batches() throws(FeishuError) -> [DocumentBatch] {
        var batches: [DocumentBatch] = []
        var current = DocumentBatch()
        var currentBytes = 0
        var number = 0
        for id in firstLevel {
            let part = part(of: id, &number)
            let bytes = part.descendants.reduce(0) { $0 + $1.bytes.count + 1 }
            guard part.descendants.count <= Self.batchBlocks, bytes <= Self.batchBytes else {
                throw FeishuError(kind: .content, message: "a block is more than one call takes", reason: .tooLarge)
            }
            if !current.children.isEmpty,
                current.descendants.count + part.descendants.count > Self.batchBlocks
                    || currentBytes + bytes > Self.batchBytes
            {
                batches.append(current)
                (current, currentBytes) = (DocumentBatch(), 0)
            }
            current.children += part.children
            current.descendants += part.descendants
            currentBytes += bytes
        }
        if !current.children.isEmpty { batches.append(current) }
        return batches
    }

    /// A block of the first level and all below it, numbered on from `number`.
    private func part(of root: String, _ number: inout Int) -> DocumentBatch {
        var names: [String: String] = [:]
        var order: [String] = []
        var waiting = [root]
        // A block that two name as their child, or that names itself, is taken once.
        while let id = waiting.popLast() {
            guard names[id] == nil, let block = blocks[id] else { continue }
            number += 1
            names[id] = "b\(number)"
            order.append(id)
            waiting += Self.children(of: block).reversed()
        }
        let descendants = order.compactMap { id in blocks[id].map { Self.sendable($0, names) } }
        return DocumentBatch(children: names[root].map { [$0] } ?? [], descendants: descendants)
    }

    private static func children(of block: JSONObject) -> [String] {
        (block["children"]?.array ?? []).compactMap(\.string)
    }

    private static func sendable(_ block: JSONObject, _ names: [String: String]) -> JSONValue {
        var sent = JSONObject()
        for member in block.members {
            switch member.key {
            case "parent_id", "revision_id", "comment_ids": continue
            case "block_id": sent["block_id"] = .string(member.value.string.flatMap { names[$0] } ?? "")
            case "children":
                sent["children"] = .array(children(of: block).compactMap { names[$0].map(JSONValue.string) })
            case "table": sent["table"] = table(member.value, names)
            default: sent[member.key] = member.value
            }
        }
        if sent["children"] == nil { sent["children"] = [] }
        return .object(sent)
    }

    private static func table(_ value: JSONValue, _ names: [String: String]) -> JSONValue {
        guard var table = value.object else { return value }
        if var property = table["property"]?.object {
            property["merge_info"] = nil
            table["property"] = .object(property)
        }
        if let cells = table["cells"]?.array {
            table["cells"] = .array(cells.compactMap { $0.string.flatMap { names[$0] } }.map(JSONValue.string))
        }
        return .object(table)
    }
}

/// Blocks that one call puts into a document.
package struct DocumentBatch: Sendable, Equatable, Codable {
    /// Ids of those of the first level, in their order.
    package var children: [String] = []
    /// All of them, those below included.
    package var descendants: [JSONValue] = []

    package init(children: [String] = [], descendants: [JSONValue] = []) {
        self.children = children
        self.descendants = descendants
    }
}
