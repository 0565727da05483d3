/// What a model is asked.
package struct ChatRequest: Sendable, Equatable {
    /// Oldest first; the last one is what is to be answered.
    package var messages: [ChatMessage]
    /// What the model may ask to have called; empty for none.
    package var tools: [ChatTool]
    /// Upper bound of the answer in the model's own tokens; nil leaves it to the model.
    package var maximumTokens: Int?
    /// 0 (always the likeliest word) to 2; nil leaves it to the model.
    package var temperature: Double?

    package init(
        messages: [ChatMessage],
        tools: [ChatTool] = [],
        maximumTokens: Int? = nil,
        temperature: Double? = nil
    ) {
        self.messages = messages
        self.tools = tools
        self.maximumTokens = maximumTokens
        self.temperature = temperature
    }

    /// Whether a model must see to answer it.
    package var hasImages: Bool { messages.contains(where: \.hasImages) }
}
