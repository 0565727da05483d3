/// The credentials clicks give for changing a card later (interface specification, sections 3.4 and 5.7).
struct ClickDesk: Sendable {
    /// What one click allows.
    struct Ticket: Sendable {
        let messageID: String
        let appID: String
        let issued: Int64
        var uses = 0
        /// Whether the callback was answered; before that the card is locked.
        var isAnswered = false
    }

    static let lifetime: Int64 = 30 * 60 * 1000
    static let useLimit = 2
    private static let limit = 10_000

    private var tickets: [String: Ticket] = [:]
    private var order = Ring<String>()

    subscript(token: String) -> Ticket? {
        get { tickets[token] }
        set { if tickets[token] != nil, let newValue { tickets[token] = newValue } }
    }

    /// A new credential for this message.
    mutating func issue(_ token: String, messageID: String, appID: String, now: Int64) {
        tickets[token] = Ticket(messageID: messageID, appID: appID, issued: now)
        order.append(token)
        if order.count > Self.limit, let oldest = order.popFirst() { tickets[oldest] = nil }
    }
}
