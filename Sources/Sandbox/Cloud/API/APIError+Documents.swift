/// Refusals about documents and who may read them (interface specification, sections 5.10 and 5.11).
extension APIError {
    static func documentParameter(_ reason: String) -> APIError { badRequest(1_770_001, "invalid param: \(reason)") }

    static let documentMissing = APIError(status: 404, code: 1_770_002, message: "not found")
    static let documentFull = badRequest(1_770_004, "too many block in document")
    static let documentSchema = badRequest(1_770_006, "schema mismatch")
    static let documentTooLarge = badRequest(1_770_033, "content size exceeds limit")
    static let documentForbidden = APIError(status: 403, code: 1_770_032, message: "forbidden")
    static let folderForbidden = APIError(status: 403, code: 1_770_040, message: "no folder permission")

    static func shareParameter(_ reason: String) -> APIError { badRequest(1_063_001, "Invalid parameter: \(reason)") }

    static let shareForbidden = APIError(status: 403, code: 1_063_002, message: "Permission denied")
    static let shareImpossible = badRequest(1_063_003, "Invalid operation")
    static let sharedMissing = APIError(status: 404, code: 1_063_005, message: "Resource is deleted")
}
