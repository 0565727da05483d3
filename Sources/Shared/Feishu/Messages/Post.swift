import JSON

/// Rich text as Feishu delivers it: a title, and paragraphs of nodes.
package struct Post: Sendable, Equatable {
    /// One piece of a paragraph.
    package enum Node: Sendable, Equatable {
        case text(String)
        case link(text: String, url: String)
        /// `key` refers to the message's mentions, or is a user's open id.
        case mention(key: String, name: String?)
        case image(imageKey: String?)
        case media(fileKey: String?, imageKey: String?)
        case emotion(String)
        case rule
        case code(language: String?, text: String)
        /// Any other tag.
        case other(tag: String, text: String?)
    }

    package let title: String?
    package let paragraphs: [[Node]]

    /// The image keys in it, in order.
    package var imageKeys: [String] {
        paragraphs.joined().compactMap { if case .image(let key) = $0 { key } else { nil } }
    }

    /// Reads the received form, and the sent one with its level of locales.
    init(_ json: JSONValue) {
        var body = json
        if json["content"] == nil {
            body = ["zh_cn", "en_us", "ja_jp"].lazy.compactMap { json[$0] }.first ?? json
        }
        title = body["title"]?.nonEmpty
        paragraphs = (body["content"]?.array ?? []).map { ($0.array ?? []).map(Node.init) }
    }
}

extension Post.Node {
    fileprivate init(_ json: JSONValue) {
        let text = json["text"]?.string
        switch json["tag"]?.string ?? "" {
        case "text": self = .text(text ?? "")
        case "a": self = .link(text: text ?? "", url: json["href"]?.string ?? "")
        case "at": self = .mention(key: json["user_id"]?.string ?? "", name: json["user_name"]?.nonEmpty)
        case "img": self = .image(imageKey: json["image_key"]?.nonEmpty)
        case "media": self = .media(fileKey: json["file_key"]?.nonEmpty, imageKey: json["image_key"]?.nonEmpty)
        case "emotion": self = .emotion(json["emoji_type"]?.string ?? "")
        case "hr": self = .rule
        case "code_block": self = .code(language: json["language"]?.nonEmpty, text: text ?? "")
        case let tag: self = .other(tag: tag, text: text)
        }
    }
}
