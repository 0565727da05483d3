/// A piece of a message.
package enum ChatContentPart: Sendable, Equatable, Codable {
    case text(String)
    case image(ChatImage)

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var image: ChatImage? { if case .image(let image) = self { image } else { nil } }
}
