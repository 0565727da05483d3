/// Refusals of CardKit and of what changes cards later (interface specification, sections 5.7 and 6.3). The
/// specification names 300312 to 300315 without their meaning: 300313 stands here for an element that is not there.
extension APIError {
    static let badCardParameter = badRequest(10_002, "invalid parameter")
    static let cardContentInvalid = badRequest(200_220, "The card content is invalid.")
    static let cardMissing = badRequest(200_740, "The card entity does not exist.")
    static let cardExpired = badRequest(200_750, "The card entity has expired.")
    static let operationConflict = badRequest(200_770, "The uuid was used for another operation.")
    static let interactionInProgress = badRequest(200_810, "An interaction with the card is in progress.")
    static let streamingTimedOut = badRequest(200_850, "Card streaming timed out.")
    static let cardTooBig = badRequest(200_860, "The card content exceeds the limit.")
    static let duplicateElement = badRequest(300_301, "The element_id is repeated.")
    static let notShared = badRequest(300_302, "The update_multi of the card must be true.")
    static let oldSchema = badRequest(300_303, "Only cards of schema 2.0 are supported.")
    static let tooManyElements = badRequest(300_305, "The number of components exceeds 200.")
    static let cardEmpty = badRequest(300_307, "The card content is empty.")
    static let streamingClosed = badRequest(300_309, "Card streaming closed")
    static let notTextElement = badRequest(300_310, "The element is neither markdown nor plain_text.")
    static let foreignCard = badRequest(300_311, "The card entity belongs to another app.")
    static let elementMissing = badRequest(300_313, "The element does not exist.")
    static let sequenceNotRising = badRequest(
        300_317,
        "The sequence number for operating on the card did not increment consecutively"
    )
    static let clickTokenInvalid = badRequest(300_020, "The token is invalid.")
    static let clickTokenExpired = badRequest(300_030, "The token has expired.")
    static let clickTokenUsedUp = badRequest(300_040, "The token was used too often.")
    static let clickNotAnswered = badRequest(11_310, "card action is lock")
    static let cardRecalled = badRequest(200_000, "The message is recalled.")
    static let otherAppsCard = badRequest(200_310, "The card was sent by another app.")
}
