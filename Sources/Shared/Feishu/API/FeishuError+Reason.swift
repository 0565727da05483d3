extension FeishuError {
    /// What exactly is wrong, where the caller can do something about just that.
    package enum Reason: String, Sendable, CaseIterable {
        /// The card does not stream, or no longer: it closes by itself ten minutes after it was opened. Open it again
        /// with its settings (200850, 300309).
        case streamingClosed
        /// A later sequence number than this was used on the card already (300317).
        case sequence
        /// The same `uuid` was used for another operation (200770).
        case uuidConflict
        /// A user's click is being dealt with: the same call succeeds in a moment (200810).
        case interactionInProgress
        /// The message, card, file or document is over its size (230025, 200860, 234006, 234037, 1770004, 1770007, 1770033, or
        /// found so before sending).
        case tooLarge
        /// The card has more Markdown tables than Feishu takes, which are three (230099 with 11310).
        case tooManyTables
        /// The card has more elements than Feishu takes, which are 200 (230099 with 11310, 300305).
        case tooManyElements
        /// A mention in the card names nobody (230099 with 100290).
        case badMention
        /// An image in the card is unknown (230099 with 200570).
        case badImage
        /// The card's entity is no more, or 14 days old (200740, 200750).
        case cardGone
        /// A click's token is over 30 minutes old, was used twice, or is none (300020, 300030, 300040).
        case clickTokenSpent
        /// The app's calls of the month are used up: nothing but waiting for the next one helps (99991403).
        case monthlyQuota
    }

    /// The reason of a code; `message` is Feishu's `msg`, which holds a second code where the first says little.
    static func reason(code: Int64, message: String) -> Reason? {
        switch code {
        case 200_850, 300_309: .streamingClosed
        case 300_317: .sequence
        case 200_770: .uuidConflict
        case 200_810: .interactionInProgress
        case 230_025, 200_860, 234_006, 234_037, 1_770_004, 1_770_007, 1_770_033: .tooLarge
        case 300_305: .tooManyElements
        case 200_740, 200_750: .cardGone
        case 300_020, 300_030, 300_040: .clickTokenSpent
        case 99_991_403: .monthlyQuota
        case 11_310: cardReason("11310 " + message)
        case 230_099, 200_220: cardReason(message)
        default: nil
        }
    }

    /// `ErrCode: 11310; ErrMsg: card table number over limit; ErrorValue: table;`, as measured by others.
    private static func cardReason(_ message: String) -> Reason? {
        if message.contains("11310") {
            if message.contains("table") { return .tooManyTables }
            return message.contains("lock") ? .interactionInProgress : .tooManyElements
        }
        if message.contains("100290") { return .badMention }
        return message.contains("200570") ? .badImage : nil
    }
}
