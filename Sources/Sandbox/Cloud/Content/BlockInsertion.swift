import JSON

/// Blocks that a call puts into a document, looked at before anything changes.
///
/// Source: interface specification, section 5.10: at most 1,000, one parent each, no `merge_info` in tables, and nothing
/// empty that needs a child.
struct BlockInsertion {
    private static let callLimit = 1_000
    private static let documentLimit = 20_000

    private let parent: String
    private let index: Int
    private let children: [String]
    private let blocks: [DocumentBlock]

    /// - Throws: 1770001 and the like, as the real cloud does.
    init(_ body: JSONValue, into document: CloudDocument, below parent: String) throws(APIError) {
        self.parent = parent
        guard parent == document.id || document.blocks[parent] != nil else { throw .documentMissing }
        children = (body["children_id"]?.array ?? []).compactMap(\.string)
        let items = body["descendants"]?.array ?? []
        guard (1...Self.callLimit).contains(children.count) else { throw .missingField("children_id") }
        guard (1...Self.callLimit).contains(items.count) else { throw .missingField("descendants") }
        guard document.blocks.count + items.count <= Self.documentLimit else { throw .documentFull }
        let siblings = parent == document.id ? document.children : document.blocks[parent]?.children ?? []
        let place = body["index"]?.integer ?? -1
        guard place == -1 || (0...Int64(siblings.count)).contains(place) else { throw .documentParameter("index") }
        index = place == -1 ? siblings.count : Int(place)
        var blocks: [DocumentBlock] = []
        for item in items { blocks.append(try Self.block(item)) }
        self.blocks = blocks
        try check()
    }

    private static func block(_ json: JSONValue) throws(APIError) -> DocumentBlock {
        guard let id = json["block_id"]?.string, !id.isEmpty else { throw .documentParameter("block_id") }
        guard let type = json["block_type"]?.integer, let name = DocumentBlock.names[type],
            let content = json[name], content.object != nil
        else { throw .documentSchema }
        var block = DocumentBlock(id: id, type: type, content: content)
        block.children = (json["children"]?.array ?? []).compactMap(\.string)
        return block
    }

    private func check() throws(APIError) {
        var parents: [String: Int] = [:]
        for id in children + blocks.flatMap(\.children) { parents[id, default: 0] += 1 }
        guard Set(blocks.map(\.id)).count == blocks.count, parents.count == blocks.count,
            blocks.allSatisfy({ parents[$0.id] == 1 })
        else { throw .documentParameter("each block must be the child of one") }
        let types = Dictionary(uniqueKeysWithValues: blocks.map { ($0.id, $0.type) })
        for block in blocks {
            switch block.type {
            case 31:
                let property = block.content["property"]
                guard property?["merge_info"] == nil else { throw .documentParameter("merge_info is read-only") }
                let size = (property?["row_size"]?.integer ?? 0, property?["column_size"]?.integer ?? 0)
                guard (1...1_000).contains(size.0), (1...100).contains(size.1),
                    Int(size.0 * size.1) == block.children.count, block.children.allSatisfy({ types[$0] == 32 })
                else { throw .documentParameter("cells of the table") }
            case 19, 25, 32:
                guard !block.children.isEmpty else { throw .documentParameter("a block needs a child") }
            default: break
            }
        }
    }

    /// Does it, and answers with the ids that the blocks have now.
    func apply(to document: inout CloudDocument) -> JSONValue {
        var names: [String: String] = [:]
        for block in blocks { names[block.id] = Identifier.block() }
        func known(_ ids: [String]) -> [String] { ids.compactMap { names[$0] } }
        for block in blocks {
            guard let id = names[block.id] else { continue }
            var placed = DocumentBlock(id: id, type: block.type, content: block.content)
            placed.children = known(block.children)
            document.blocks[id] = placed
        }
        if parent == document.id {
            document.children.insert(contentsOf: known(children), at: index)
        } else {
            document.blocks[parent]?.children.insert(contentsOf: known(children), at: index)
        }
        document.revision += 1
        return [
            "block_id_relations": .array(
                blocks.map {
                    ["temporary_block_id": .string($0.id), "block_id": .string(names[$0.id] ?? "")]
                }
            ),
            "children": [], "document_revision_id": .integer(document.revision),
        ]
    }
}
