/// When the growing text of a card goes out: soon at first, then ever more seldom, so that an answer takes few calls
/// however long the model writes. In a minute there are five.
///
/// The client types between two updates, so a reader sees no steps.
struct UpdatePacing: Sendable {
    /// How long a model may take for a whole answer that is sent at once: it needs no card that grows.
    static let beforeCard: Duration = .milliseconds(700)
    /// How long a reader waits for the first word before a card says that the model thinks.
    static let beforeThinking: Duration = .milliseconds(2_500)
    /// How long a look is put off that finds nothing new.
    static let nothingNew: Duration = .seconds(1)

    private static let waits: [Duration] = [
        .milliseconds(1_200), .seconds(3), .seconds(7), .seconds(15), .seconds(25),
    ]

    private var sent = 0

    /// How long until the next update, since the last one or since the card was opened.
    var wait: Duration { Self.waits[min(sent, Self.waits.count - 1)] }

    /// An update went out.
    mutating func note() { sent += 1 }
}
