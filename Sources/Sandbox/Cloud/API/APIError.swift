/// A refusal of the interface, with the code and the words the real one uses (specification, sections 5 and 7).
struct APIError: Error, Equatable {
    let status: Int
    let code: Int
    let message: String
    /// Seconds to wait, told in `x-ogw-ratelimit-reset`.
    var reset: Int?
    /// The field a 99992402 is about.
    var field: String?
    /// The scopes any one of which a 99991672 asks for.
    var scopes: [String] = []

    static func badRequest(_ code: Int, _ message: String) -> APIError {
        APIError(status: 400, code: code, message: message)
    }

    static let tokenMissing = badRequest(
        99_991_661,
        "Missing access token for authorization. Please make a request with token attached."
    )
    static let tokenInvalid = badRequest(
        99_991_663,
        "Invalid access token for authorization. Please make a request with token attached."
    )
    static let tokenMalformed = badRequest(
        99_991_671,
        "Invalid access token for authorization. It should start with t- or u-."
    )
    static let badParameter = badRequest(10_003, "invalid param")
    static let badSecret = badRequest(10_014, "app secret invalid")
    static let unknownApp = badRequest(10_012, "app_id not exists")
    static let invalidContent = badRequest(230_001, "Your request contains an invalid request parameter.")
    static let outsideGroup = badRequest(230_002, "The bot can not be outside the group.")
    static let noRight = badRequest(230_026, "No permission to recall this message.")
    static let recalled = badRequest(230_011, "The message is recalled.")
    static let chatTooOften = badRequest(
        230_020,
        "This operation triggers the frequency limit, ext=chat rate limit"
    )
    static let tooLong = badRequest(230_025, "The length of the message content reaches its limit.")
    static let badReceiver = badRequest(230_034, "The receive_id is invalid.")
    static let beingSent = badRequest(230_049, "The message is being sent.")
    static let notSender = badRequest(230_071, "The operator is not the sender of the message.")
    static let tooManyEdits = badRequest(230_072, "The number of times the message has been edited reaches its limit.")
    static let messageTypeNotAllowed = badRequest(230_054, "This operation is not supported for this message type.")
    static let deleted = badRequest(230_110, "Action unavailable as the message has been deleted.")
    static let reactionTypeInvalid = badRequest(231_001, "The reaction type is invalid.")
    static let reactionMessageMissing = badRequest(231_003, "The message is not found.")
    static let reactionNotOwn = badRequest(231_007, "The reaction was added by someone else.")
    static let reactionMissing = badRequest(231_010, "The reaction_id does not exist.")

    static let notSupported = badRequest(230_054, "This operation is not supported for this message type.")
    static let notOwner = badRequest(230_017, "Bot is NOT the owner of the resource.")
    static let wrongFileType = badRequest(230_055, "The type of file upload does not match the type of message.")
    static let noThreads = badRequest(230_071, "The group does not support reply in thread.")
    static let noGroupHistory = badRequest(
        230_027,
        "Lack of necessary permissions, ext=need scope: im:message.group_msg"
    )
    static let dissolved = badRequest(232_009, "The chat has been dissolved.")
    static let unknownChat = badRequest(232_006, "The chat_id is invalid.")
    static let outsideChat = badRequest(232_011, "Operator can NOT be out of the chat.")
    static let unknownUser = badRequest(99_992_351, "not a valid {open_id}")
    static let quotaUsedUp = badRequest(99_991_403, "This month's API call quota has been exceeded")

    static func card(_ detail: String) -> APIError {
        badRequest(230_099, "Failed to create card content, ext=\(detail)")
    }

    static func missingField(_ field: String) -> APIError {
        var error = badRequest(99_992_402, "field validation failed")
        error.field = field
        return error
    }

    /// 99991400 with this status: 429, or 400 as older interfaces answer.
    static func tooOften(reset: Int, status: Int = 429) -> APIError {
        APIError(status: status, code: 99_991_400, message: "request trigger frequency limit", reset: reset)
    }

    static func scopeMissing(_ scopes: [String]) -> APIError {
        var error = badRequest(
            99_991_672,
            "Access denied. One of the following scopes is required: [\(scopes.joined(separator: ", "))]"
        )
        error.scopes = scopes
        return error
    }

    static func unexpected(_ code: Int) -> APIError { badRequest(code, "fault asked for by the test") }
}
