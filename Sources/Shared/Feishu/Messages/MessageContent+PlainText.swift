import JSON

extension MessageContent {
    /// The content as plain text, mention keys untouched; what is no text appears as a word in brackets.
    var rawText: String {
        switch self {
        case .text(let text): text
        case .post(let post): post.rawText
        case .image: "[image]"
        case .file(_, let name): Self.bracketed("file", name)
        case .folder(_, let name): Self.bracketed("folder", name)
        case .audio: "[audio]"
        case .media(_, _, let name, _): Self.bracketed("video", name)
        case .sticker: "[sticker]"
        case .interactive(let title, let elements):
            ([title].compactMap { $0 } + Self.texts(in: elements, depth: 0)).joined(separator: "\n")
        case .shareChat: "[shared chat]"
        case .shareUser: "[shared contact]"
        case .mergeForward: "[forwarded messages]"
        case .location(let name, _, _): Self.bracketed("location", name)
        case .system(let text): text
        case .other(_, let json): json?["text"]?.string ?? json?["summary"]?.string ?? json?["topic"]?.string ?? ""
        }
    }

    private static func bracketed(_ word: String, _ name: String?) -> String {
        name.map { "[\(word): \($0)]" } ?? "[\(word)]"
    }

    /// The texts of a simplified card: elements are nested arrays of objects with a `text`.
    private static func texts(in json: JSONValue?, depth: Int) -> [String] {
        guard depth < 8 else { return [] }
        if let array = json?.array { return array.flatMap { texts(in: $0, depth: depth + 1) } }
        return [json?["text"]?.nonEmpty ?? json?["text"]?["content"]?.nonEmpty ?? json?["content"]?.nonEmpty]
            .compactMap { $0 }
    }
}

extension Post {
    /// Title and paragraphs, each on a line of its own.
    fileprivate var rawText: String {
        let lines = paragraphs.map { $0.map(\.rawText).joined() }
        return ([title].compactMap { $0 } + lines).joined(separator: "\n")
    }
}

extension Post.Node {
    fileprivate var rawText: String {
        switch self {
        case .text(let text): text
        case .link(let text, let url): text.isEmpty || text == url ? url : "[\(text)](\(url))"
        // Keys are resolved with those of plain text; a mention by open id has only its name.
        case .mention(let key, let name): key.hasPrefix("@") ? key : "@" + (name ?? key)
        case .image: "[image]"
        case .media: "[video]"
        case .emotion(let name): name.isEmpty ? "" : "[\(name)]"
        case .rule: "---"
        case .code(let language, let text):
            "```\(language?.lowercased() ?? "")\n\(text)\(text.hasSuffix("\n") ? "" : "\n")```"
        case .other(_, let text): text ?? ""
        }
    }
}
