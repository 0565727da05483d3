package import JSON

/// A message to send: its type, and its content as the JSON text that Feishu wants inside JSON.
package struct OutgoingMessage: Sendable, Equatable {
    /// `msg_type`.
    package let type: String
    /// JSON.
    package let content: String

    package init(type: String, content: JSONValue) {
        self.type = type
        self.content = content.text
    }

    /// Plain text from anywhere: what would be a tag of Feishu's in it is shown and not obeyed.
    package static func text(_ text: String) -> OutgoingMessage {
        OutgoingMessage(type: "text", content: ["text": .string(MessageMarkup.defused(text))])
    }

    /// Rich text of one Markdown node, with an optional title. Tags of Feishu's in it are shown and not obeyed.
    package static func markdown(_ markdown: String, title: String? = nil) -> OutgoingMessage {
        let node: JSONValue = ["tag": "md", "text": .string(MessageMarkup.defused(markdown))]
        let body: JSONValue = ["title": .string(title ?? ""), "content": [[node]]]
        return OutgoingMessage(type: "post", content: ["zh_cn": body])
    }

    /// A card in JSON 2.0, or one that refers to a template.
    package static func card(json: JSONValue) -> OutgoingMessage {
        OutgoingMessage(type: "interactive", content: json)
    }

    /// A card entity, which can be sent once.
    package static func card(id: String) -> OutgoingMessage {
        card(json: ["type": "card", "data": ["card_id": .string(id)]])
    }

    /// A file that was uploaded, neither audio nor video.
    package static func file(key: String) -> OutgoingMessage {
        OutgoingMessage(type: "file", content: ["file_key": .string(key)])
    }

    /// An image that was uploaded.
    package static func image(key: String) -> OutgoingMessage {
        OutgoingMessage(type: "image", content: ["image_key": .string(key)])
    }

    /// Audio that was uploaded as Opus.
    package static func audio(key: String) -> OutgoingMessage {
        OutgoingMessage(type: "audio", content: ["file_key": .string(key)])
    }

    /// A video that was uploaded as MP4, with an uploaded image as its cover.
    package static func video(key: String, coverKey: String? = nil) -> OutgoingMessage {
        var content: JSONObject = ["file_key": .string(key)]
        if let coverKey { content["image_key"] = .string(coverKey) }
        return OutgoingMessage(type: "media", content: .object(content))
    }

    /// The largest request for this type, in bytes: 150 KB for text, 30 KB for cards and rich text.
    package var maximumRequestBytes: Int { type == "text" ? 150_000 : 30_000 }

    /// Plain text of any length, as as many messages as it takes, cut where a reader would.
    package static func texts(_ text: String) -> [OutgoingMessage] {
        TextSplitter(maximumBytes: 150_000 - envelopeBytes).split(MessageMarkup.defused(text)).map {
            OutgoingMessage(type: "text", content: ["text": .string($0)])
        }
    }

    /// Markdown of any length, as as many messages as it takes; the title goes with the first.
    package static func markdowns(_ markdown: String, title: String? = nil) -> [OutgoingMessage] {
        let titleBytes = (title ?? "").utf8.reduce(0) { $0 + TextSplitter.requestBytes(of: $1) }
        let splitter = TextSplitter(maximumBytes: max(1_000, 30_000 - envelopeBytes - titleBytes))
        return splitter.split(MessageMarkup.defused(markdown)).enumerated().map { index, part in
            .markdown(part, title: index == 0 ? title : nil)
        }
    }

    /// More than everything in a request that is not the text: ids, uuid, and the JSON around the text.
    private static let envelopeBytes = 1_500
}
