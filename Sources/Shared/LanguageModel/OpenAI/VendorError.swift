import JSON

/// What a vendor's error body says: `{"error":{"message","type","code"}}`, or the same members without the wrapper.
///
/// The message is looked at and dropped: it may repeat the key or the prompt.
struct VendorError {
    /// `code`, else `type`.
    private let code: String
    private let isContextLength: Bool

    init(_ body: JSONValue?) {
        let members = body?["error"] ?? body
        let codes = [members?["code"], members?["type"]].compactMap { $0?.string ?? $0?.integer.map(String.init) }
        code = codes.first { !$0.isEmpty } ?? ""
        let message = (members?["message"]?.string ?? members?.string ?? "").lowercased()
        isContextLength =
            codes.contains { Self.contextCodes.contains($0) }
            || message.contains("maximum context length") || message.contains("context window")
    }

    /// Reads an error body of any shape; what is no JSON says nothing.
    init(body: [UInt8]) {
        self.init(try? JSONValue(parsing: body, maximumDepth: 16))
    }

    /// The error that a status and this body stand for; no status for an error object inside a stream.
    func error(status: Int?, model: String, retryAfter: Duration?) -> LanguageModelError {
        LanguageModelError(
            code: classify(status),
            model: model,
            status: status,
            reason: code,
            retryAfter: retryAfter
        )
    }

    private func classify(_ status: Int?) -> LanguageModelError.Code {
        if Self.quotaCodes.contains(code) { return .quotaExhausted }
        if isContextLength { return .contextTooLong }
        if Self.filterCodes.contains(code) { return .refused }
        switch status {
        case nil: return Self.rateCodes.contains(code) ? .rateLimited : .serverFailed
        case 401, 403: return .unauthorised
        case 402: return .quotaExhausted
        case 404: return .notFound
        case 408: return .timedOut
        case 413: return .contextTooLong
        case 409, 425: return .serverFailed
        case 429: return .rateLimited
        case .some(500...): return .serverFailed
        default: return .invalidRequest
        }
    }

    private static let contextCodes: Set = ["context_length_exceeded", "string_above_max_length"]
    private static let quotaCodes: Set = ["insufficient_quota", "billing_hard_limit_reached", "Arrearage"]
    private static let filterCodes: Set = [
        "content_filter", "content_policy_violation", "data_inspection_failed", "DataInspectionFailed",
    ]
    private static let rateCodes: Set = ["rate_limit_exceeded", "rate_limit_error", "429"]
}
