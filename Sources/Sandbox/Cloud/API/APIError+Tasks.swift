/// Refusals about tasks and approvals.
///
/// Source: Feishu, "Task overview" (kinds of errors) and "Create a task"; "Subscribe to approval events".
extension APIError {
    static func taskParameter(_ field: String, _ reason: String) -> APIError {
        badRequest(1_470_400, "Invalid Param '\(field)', \(reason)")
    }

    static let taskListMissing = APIError(status: 404, code: 1_470_404, message: "Tasklist does not exist.")
    static let taskTokenInUse = APIError(
        status: 500,
        code: 1_470_422,
        message: "Concurrent invoking with the same client_token."
    )
    static let taskFailed = APIError(status: 500, code: 1_470_500, message: "Create task failed.")

    static let approvalSubscribed = badRequest(1_390_007, "subscription existed")
    static let approvalUnknown = badRequest(1_390_002, "approval code not found")
    static let noSuchApp = badRequest(210_506, "no such app")
}
