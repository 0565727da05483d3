/// A card of an answer while it grows: what its next change is called. Decides, does no I/O.
struct CardProgress: Sendable, Equatable {
    /// Stands for the card of an answer that was sent at once.
    static let noCard = "none"

    let cardID: String
    /// When it was made: milliseconds since 1970.
    let madeAt: Int64
    private var last: Int32 = 0

    init(cardID: String, madeAt: Int64) {
        self.cardID = cardID
        self.madeAt = madeAt
    }

    /// The place of the next change, which must rise with each, whoever makes it.
    ///
    /// It is the age of the card in hundredths of a second, so a worker that takes over needs not be told where the one
    /// before it was. An int32 of these lasts for 248 days, and a card lives for 14 (Feishu).
    mutating func next(at now: Int64) -> Int32 {
        last = max(last + 1, Int32(clamping: (now - madeAt) / 10 + 1))
        return last
    }

    /// Somebody whose clock is ahead changed the card: go on well behind that.
    mutating func leap() { last += 30_000 }
}
