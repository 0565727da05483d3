import JSON

/// Puts tool calls together from the fragments in which they are streamed (`delta.tool_calls`).
///
/// The API reference has each fragment carry the `index` of its call, its `id` and name once, and its arguments piece by
/// piece. Some servers leave the index out and begin a call with each new id, others send a call whole.
struct ToolCallAssembler {
    /// The most calls of one answer.
    static let maximumCalls = 64
    /// The longest arguments of one call, in bytes.
    static let maximumArgumentBytes = 256 << 10

    private struct Draft {
        let index: Int64
        var id = ""
        var name = ""
        var arguments = ""
    }

    private let model: String
    /// In the order in which they were begun.
    private var drafts: [Draft] = []

    init(model: String) { self.model = model }

    var isEmpty: Bool { drafts.isEmpty }

    /// Takes the fragments of one chunk. Throws `badResponse` for what is no fragment, `tooLarge` beyond the bounds.
    mutating func take(_ fragments: [JSONValue]) throws(LanguageModelError) {
        for fragment in fragments {
            guard case .object = fragment else { throw LanguageModelError(code: .badResponse, model: model) }
            let place = try place(of: fragment)
            if let id = fragment["id"]?.string, !id.isEmpty { drafts[place].id = id }
            if let name = fragment["function"]?["name"]?.string, !name.isEmpty { drafts[place].name = name }
            switch fragment["function"]?["arguments"] {
            case .string(let text): drafts[place].arguments += text
            // Some servers send the arguments as an object instead of its text.
            case .object(let object): drafts[place].arguments += JSONValue.object(object).text
            default: break
            }
            guard drafts[place].arguments.utf8.count <= Self.maximumArgumentBytes,
                drafts[place].id.utf8.count <= 256, drafts[place].name.utf8.count <= 256
            else { throw LanguageModelError(code: .tooLarge, model: model, reason: "tool_calls") }
        }
    }

    /// The calls, each with arguments that are a JSON object; none at all is `{}`.
    ///
    /// Throws `badResponse` where a call has no name or its arguments are something else.
    func calls() throws(LanguageModelError) -> [ToolCall] {
        var calls: [ToolCall] = []
        for draft in drafts {
            let isBlank = draft.arguments.allSatisfy(\.isWhitespace)
            guard !draft.name.isEmpty,
                let arguments = isBlank ? [:] : (try? JSONValue(parsing: draft.arguments, maximumDepth: 64))?.object
            else { throw LanguageModelError(code: .badResponse, model: model, reason: "tool_calls") }
            let id = draft.id.isEmpty ? "call_\(calls.count)" : draft.id
            calls.append(ToolCall(id: id, name: draft.name, arguments: arguments))
        }
        return calls
    }

    /// Where the call of a fragment stands; begins a new one for a fragment that belongs to none.
    private mutating func place(of fragment: JSONValue) throws(LanguageModelError) -> Int {
        let id = fragment["id"]?.string ?? ""
        if let index = fragment["index"]?.integer {
            if let place = drafts.lastIndex(where: { $0.index == index }) { return place }
            return try begin(index)
        }
        if let last = drafts.indices.last, id.isEmpty || drafts[last].id == id { return last }
        return try begin(Int64(drafts.count))
    }

    private mutating func begin(_ index: Int64) throws(LanguageModelError) -> Int {
        guard drafts.count < Self.maximumCalls else {
            throw LanguageModelError(code: .tooLarge, model: model, reason: "tool_calls")
        }
        drafts.append(Draft(index: index))
        return drafts.count - 1
    }
}
