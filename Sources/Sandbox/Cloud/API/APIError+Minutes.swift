/// Refusals about meetings, recordings and minutes (interface specification, sections 5.8 and 5.9).
extension APIError {
    static let minuteParameter = badRequest(2_091_001, "invalid param")
    static let minuteMissing = APIError(status: 404, code: 2_091_002, message: "minute not found")
    static let minuteNotReady = badRequest(2_091_003, "minute not ready , try later")
    static let minuteDeleted = badRequest(2_091_004, "minute is deleted")
    static let minuteForbidden = APIError(status: 403, code: 2_091_005, message: "permission deny")
    static let meetingParameter = badRequest(121_003, "param error")
    static let meetingMissing = APIError(status: 404, code: 121_004, message: "data not exist")
    static let meetingForbidden = APIError(status: 403, code: 121_005, message: "no permission")
    static let recordingMissing = APIError(status: 404, code: 122_002, message: "record not exist")
    static let recordingProcessing = badRequest(124_002, "record processing")
}
