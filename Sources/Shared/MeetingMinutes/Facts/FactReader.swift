import JSON

/// What a model's reply about one chunk holds.
package struct Reading: Sendable, Equatable {
    /// An item that was lost.
    struct BrokenItem: Sendable, Equatable {
        /// As the model wrote it, at most 600 characters.
        let text: String
        let problems: [ReplyProblem]
    }

    /// Those that the schema allows and the chunk has utterances of, in the reply's order, each once.
    package internal(set) var facts: [Fact] = []
    /// Everything that was wrong with it, in the reply's order, what was mended by leaving it out included.
    package internal(set) var problems: [ReplyProblem] = []
    /// Items of which there is no fact.
    var broken: [BrokenItem] = []
    /// Whether the reply ends in the middle of its list.
    package internal(set) var isCut = false
    /// Whether there is a list in it at all.
    package internal(set) var isReadable = true
}

/// Reads what a model said of a chunk: takes what is usable and drops items, never the chunk.
package struct FactReader: Sendable {
    private let chunk: Chunk

    package init(_ chunk: Chunk) { self.chunk = chunk }

    /// Reads a reply as a model wrote it.
    package func read(_ reply: String) -> Reading {
        guard let list = ReplyItems(reply, under: "facts", keys: ["kind", "text", "utterances"]) else {
            var reading = Reading()
            reading.isReadable = false
            reading.problems = [ReplyProblem(at: "", "must be one JSON object with a list \"facts\"")]
            return reading
        }
        return read(list.items, isCut: list.isCut)
    }

    /// Reads facts that are values already by the same rules.
    func read(_ facts: [Fact]) -> Reading { read(facts.map { .value($0.json) }, isCut: false) }

    private func read(_ items: [ReplyItems.Item], isCut: Bool) -> Reading {
        var reading = Reading()
        let numbers = FactItem.Numbers(chunk)
        for (index, item) in items.enumerated() {
            let pointer = "/facts/\(index)"
            guard reading.facts.count < FactSchema.mostFacts else {
                reading.problems.append(
                    ReplyProblem(at: "/facts", "must hold at most \(FactSchema.mostFacts) items, the rest left out")
                )
                break
            }
            switch item {
            case .unreadable(let text):
                reading.note([ReplyProblem(at: pointer, "is no JSON: mind quotes and commas")], of: text)
            case .value(let json):
                let item = FactItem(json, at: pointer, of: numbers)
                reading.problems += item.notes
                if let fact = item.fact {
                    if !reading.facts.contains(fact) { reading.facts.append(fact) }
                } else {
                    reading.note(item.faults, of: json.text)
                }
            }
        }
        reading.isCut = isCut
        if isCut { reading.problems.append(ReplyProblem(at: "", "ends in the middle of the list")) }
        return reading
    }
}

extension Reading {
    /// Notes an item that is lost.
    fileprivate mutating func note(_ problems: [ReplyProblem], of text: String) {
        self.problems += problems
        broken.append(BrokenItem(text: String(text.prefix(600)), problems: problems))
    }
}
