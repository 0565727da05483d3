package import JSON

/// What a received message holds. Keys and names may be missing; what is not known is kept as JSON.
package enum MessageContent: Sendable, Equatable {
    /// Text with mention keys in it; links as `[label](url)`.
    case text(String)
    /// Rich text.
    case post(Post)
    case image(imageKey: String?)
    case file(fileKey: String?, name: String?)
    /// A folder. It cannot be downloaded through the API.
    case folder(fileKey: String?, name: String?)
    /// A voice message in Opus. The duration is in milliseconds.
    case audio(fileKey: String?, duration: Int64?)
    /// A video; the image is its cover. The duration is in milliseconds.
    case media(fileKey: String?, imageKey: String?, name: String?, duration: Int64?)
    case sticker(fileKey: String?)
    /// A card in Feishu's simplified form, not the JSON that was sent.
    case interactive(title: String?, elements: JSONValue?)
    case shareChat(chatID: String?)
    case shareUser(openID: String?)
    /// Several messages forwarded as one; asking for this message by its id gives them.
    case mergeForward
    case location(name: String?, longitude: String?, latitude: String?)
    /// What Feishu says in the chat. The placeholders of the template are filled in.
    case system(String)
    /// Any other type, with its content where that is JSON.
    case other(type: String, JSONValue?)

    /// Reads the content of a message. Never fails: what does not fit its type is `.other`.
    ///
    /// - Parameters:
    ///   - type: `message_type` of an event, `msg_type` of the API.
    ///   - content: JSON, as the string that Feishu sends.
    package init(type: String, content: String?) {
        let json = content.flatMap { try? JSONValue(parsing: $0) }
        guard let json, json.object != nil else {
            self = type == "merge_forward" ? .mergeForward : .other(type: type, nil)
            return
        }
        switch type {
        case "text": self = .text(json["text"]?.string ?? "")
        case "post": self = .post(Post(json))
        case "image": self = .image(imageKey: json["image_key"]?.nonEmpty)
        case "file": self = .file(fileKey: json["file_key"]?.nonEmpty, name: json["file_name"]?.nonEmpty)
        case "folder": self = .folder(fileKey: json["file_key"]?.nonEmpty, name: json["file_name"]?.nonEmpty)
        case "audio": self = .audio(fileKey: json["file_key"]?.nonEmpty, duration: json["duration"]?.lenientInteger)
        case "media":
            self = .media(
                fileKey: json["file_key"]?.nonEmpty,
                imageKey: json["image_key"]?.nonEmpty,
                name: json["file_name"]?.nonEmpty,
                duration: json["duration"]?.lenientInteger
            )
        case "sticker": self = .sticker(fileKey: json["file_key"]?.nonEmpty)
        case "interactive": self = .interactive(title: json["title"]?.nonEmpty, elements: json["elements"])
        case "share_chat": self = .shareChat(chatID: json["chat_id"]?.nonEmpty)
        case "share_user": self = .shareUser(openID: json["user_id"]?.nonEmpty)
        case "merge_forward": self = .mergeForward
        case "location":
            self = .location(
                name: json["name"]?.nonEmpty,
                longitude: json["longitude"]?.nonEmpty,
                latitude: json["latitude"]?.nonEmpty
            )
        case "system": self = .system(Self.filledTemplate(json))
        default: self = .other(type: type, json)
        }
    }

    /// The system message's template with each `{name}` replaced by the strings of that member.
    private static func filledTemplate(_ json: JSONValue) -> String {
        var output = ""
        var rest = (json["template"]?.string ?? "")[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            output += rest[..<open]
            let value = json[String(rest[rest.index(after: open)..<close])]
            output += value?.string ?? value?.array?.compactMap(\.string).joined(separator: ", ") ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return output + rest
    }
}
