public import JSON

/// What a plugin is told when it is called. What its permissions do not name is absent.
public struct Message: Sendable {
    /// What the call is known by in logs.
    public let requestID: String
    /// The same for a call that is made again. Nil where it is not told.
    public let idempotencyKey: String?
    /// What the person is to be answered in.
    public let language: Language
    /// Why the plugin is called.
    public let cause: Cause
    /// What follows the command; of a keyword or pattern the whole text. Without `message.text`, empty.
    public let content: String
    /// The message that led to the call. Needs `message.text`.
    public let original: Original?
    /// Who wrote it. Needs `message.sender`.
    public let sender: Person?
    /// Where it was written. Needs `message.chat`.
    public let chat: Chat?
    /// Who is mentioned. Without `message.mentions`, nobody.
    public let mentions: [Person]
    /// The files that came with it. Without `message.attachments`, none.
    public let attachments: [Attachment]
    /// What tells this conversation from others.
    public let conversationID: String?
    /// The configuration with its defaults. Its secrets need `configuration.secrets`.
    public let configuration: JSONObject
    /// What the last call of this conversation left. Needs `conversation.state`.
    public let state: JSONObject?
    /// What a model asks for.
    public let tool: ToolCall?
    /// What happened in Feishu.
    public let event: Event?
    /// What it is time for.
    public let schedule: Schedule?

    /// Until when the assistant waits.
    let deadline: ISODate?
}

extension Message {
    /// The configuration as a type of the plugin's own, by the rules of `JSONDecoder`.
    ///
    /// - Parameter type: What it is decoded as.
    /// - Returns: The configuration.
    /// - Throws: `DecodingError` where it does not fit.
    public func configuration<T: Decodable>(as type: T.Type) throws -> T { try configuration.decoded(as: type) }

    /// What the last call of this conversation left, as a type of the plugin's own; nil where there is nothing.
    ///
    /// - Parameter type: What it is decoded as.
    /// - Returns: The state.
    /// - Throws: `DecodingError` where it does not fit.
    public func state<T: Decodable>(as type: T.Type) throws -> T? { try state?.decoded(as: type) }

    /// One of two texts, by the person's language.
    ///
    /// - Parameters:
    ///   - chinese: The Chinese text.
    ///   - english: The English text.
    /// - Returns: The one that the person reads.
    public func words(chinese: String, english: String) -> String {
        LocalizedText(chinese: chinese, english: english)[language]
    }
}

extension JSONObject {
    /// The object as a typed value.
    ///
    /// - Parameter type: What it is decoded as.
    /// - Returns: The value.
    /// - Throws: `DecodingError` where it does not fit.
    func decoded<T: Decodable>(as type: T.Type) throws -> T {
        let bytes = JSONValue.object(self).bytes
        return try JSONTape.decode(type, from: bytes, in: 0..<bytes.count)
    }
}
