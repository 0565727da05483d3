import Feishu

/// Something that came with a message besides its text.
package struct MessageAttachment: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case image, file, audio
        /// Messages that were forwarded as one: this one's parts.
        case forward
        /// Only its sound is of use.
        case video
    }

    package let kind: Kind
    /// What it is downloaded by; of forwarded messages the message's own id.
    package let key: String
    /// A file's name.
    package let name: String?

    package init(kind: Kind, key: String, name: String? = nil) {
        self.kind = kind
        self.key = key
        self.name = name
    }

    /// The most of one message that are looked at.
    private static let most = 9

    /// Everything that came with a message and can be had.
    static func all(in message: MessageReceived) -> [MessageAttachment] {
        all(in: message.content, of: message.messageID)
    }

    /// Everything in the content of the message of this id that can be had.
    static func all(in content: MessageContent, of messageID: String?) -> [MessageAttachment] {
        switch content {
        case .image(let key?): [MessageAttachment(kind: .image, key: key)]
        case .file(let key?, let name): [MessageAttachment(kind: .file, key: key, name: name)]
        case .audio(let key?, _): [MessageAttachment(kind: .audio, key: key)]
        case .media(let key?, _, let name, _): [MessageAttachment(kind: .video, key: key, name: name)]
        case .mergeForward: messageID.map { [MessageAttachment(kind: .forward, key: $0)] } ?? []
        case .post(let post): post.imageKeys.prefix(most).map { MessageAttachment(kind: .image, key: $0) }
        default: []
        }
    }
}
