/// One change of a card: which card, and its place among the changes of it, which rises with each.
package struct CardOperation: Sendable, Equatable {
    package let appID: String
    package let cardID: String
    package let sequence: Int32

    package init(appID: String, cardID: String, sequence: Int32) {
        self.appID = appID
        self.cardID = cardID
        self.sequence = sequence
    }
}

/// A change of a card that was left out: its turn would have come too late.
package struct ChatBusy: Error {
    package init() {}
}
