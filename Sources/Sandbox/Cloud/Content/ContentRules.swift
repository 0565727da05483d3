import JSON

/// Judges the `content` of a message the bot sends (interface specification, sections 5.1 and 6).
enum ContentRules {
    static let textLimit = 150 * 1024
    static let richLimit = 30 * 1024

    /// The member of the content that names what the message shows, by message type.
    static let keys: [String: String] = [
        "image": "image_key", "file": "file_key", "audio": "file_key", "media": "file_key", "sticker": "file_key",
        "share_chat": "chat_id", "share_user": "user_id",
    ]
    private static let postTags: Set<String> = [
        "text", "a", "at", "img", "media", "emotion", "hr", "code_block", "md",
    ]

    /// Checks and parses the content of a message of this type; `requestBytes` is the length of the request's body.
    static func parse(_ content: String, type: String, requestBytes: Int) throws(APIError) -> JSONValue {
        let limit = type == "post" || type == "interactive" ? richLimit : textLimit
        guard requestBytes <= limit else { throw .tooLong }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: content, maximumDepth: 64)
        } catch {
            throw type == "interactive" ? .card("ErrCode: 200621; ErrMsg: parse card json err; ") : .invalidContent
        }
        switch type {
        case "text":
            guard let text = value["text"]?.string, !text.isEmpty else { throw .invalidContent }
        case "post":
            try checkPost(value)
        case "interactive":
            do throws(CardFault) { try CardRules.check(value) } catch { throw error.inMessage }
        case "system":
            guard value.object != nil else { throw .invalidContent }
        default:
            guard let key = keys[type], let name = value[key]?.string, !name.isEmpty else { throw .invalidContent }
        }
        return value
    }

    private static func checkPost(_ value: JSONValue) throws(APIError) {
        guard let locales = value.object?.members, !locales.isEmpty else { throw .invalidContent }
        for locale in locales {
            guard ["zh_cn", "en_us", "ja_jp"].contains(locale.key), let lines = locale.value["content"]?.array else {
                throw .invalidContent
            }
            for line in lines {
                guard let nodes = line.array else { throw .invalidContent }
                for node in nodes {
                    guard let tag = node["tag"]?.string, postTags.contains(tag) else { throw .invalidContent }
                    // A md node is a paragraph of its own.
                    if tag == "md", nodes.count > 1 || node["text"]?.string == nil { throw .invalidContent }
                }
            }
        }
    }
}
