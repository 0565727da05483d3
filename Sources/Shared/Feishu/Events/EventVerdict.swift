/// What a delivery turned out to be.
package enum EventVerdict: Sendable, Equatable {
    /// Feishu checks the URL: answer 200 with this JSON within a second.
    case challenge(response: [UInt8])
    /// An event to store, and then to acknowledge.
    case event(ReceivedEvent)
    /// A card action: answer 200 with a JSON object within three seconds.
    case callback(ReceivedEvent)
    /// Genuine, but of a type nobody handles: acknowledge and drop, or Feishu delivers it four times more.
    case ignored(ReceivedEvent)
    /// Not to be processed: answer with the status.
    case refused(status: Int, reason: EventRefusal)
}
