import HTTP
import JSON

extension FeishuError {
    /// The codes that say that the token is not, or no longer, valid.
    ///
    /// 99991668 is documented for user tokens; this client sends none, so it can only mean the tenant's.
    static let tokenCodes: Set<Int64> = [99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_671, 99_991_677]

    /// The codes on a reply that say that its target is no more, while the chat may still take a message.
    static let lostTargetCodes: Set<Int64> = [230_011, 230_050, 230_110]

    /// A message of the same `uuid` is being sent (230049): it needs no second one.
    package var isBeingSent: Bool { code == 230_049 }

    /// A reply into a thread, in a group that has none.
    static let noThreadsCode: Int64 = 230_071

    /// A limit of one chat, user, card or group, and not of the API: 230020, 11233 (a group), 232019 (a chat's members).
    static let subjectLimitCodes: Set<Int64> = [230_020, 11_233, 232_019]

    /// The kind of a code, by the reference's matrix. Codes decide before the HTTP status does, since Feishu answers
    /// most failures with 400.
    static func kind(code: Int64, status: Int) -> Kind {
        switch code {
        case _ where tokenCodes.contains(code): .token
        case 10_003, 10_014, 10_012: .credentials
        case 99_991_661, 99_991_662, 99_991_672, 99_991_673, 99_991_676, 99_991_679: .permission
        case 230_006, 230_013, 230_017, 230_018, 230_026, 230_027, 230_035, 230_038, 230_053: .permission
        case 231_002, 231_007, 231_008, 231_018, 234_002, 234_004, 234_009, 234_038, 234_040, 41_050: .permission
        case 1_063_002, 1_063_004, 1_770_032, 1_770_040, 2_091_005, 121_005, 1_470_403: .permission
        case 99_991_401, 99_991_403: .denied
        case 99_991_400, 230_020, 11_232, 11_233, 232_019, 190_004, 190_005, 190_010, 1_063_006, 1_061_045:
            .rateLimited
        case 2_200, 230_049, 231_015, 200_810, 1_771_001, 1_771_005, 2_091_006, 1_066_001, 1_066_002, 121_001,
            1_470_422, 1_470_500:
            .busy
        case 2_091_003, 124_002: .notReady
        case 230_002, 230_009, 230_011, 230_029, 230_031, 230_036, 230_050, 230_110, 230_111, 231_003, 231_004,
            232_009, 1_470_404, 200_000, 200_740, 200_750, 300_020, 300_030, 300_040, 2_091_004, 1_770_002, 1_770_003,
            1_063_005:
            .gone
        case 200_770, 200_850, 300_309, 300_317: .conflict
        case 230_001, 230_022, 230_025, 230_028, 230_054, 230_055, 230_071, 230_072, 230_075, 230_099, 99_992_402,
            231_001, 231_017, 234_001, 234_003, 234_006, 234_010, 234_011, 234_037, 234_039, 234_043, 1_470_400:
            .content
        case 200_220, 200_830, 200_860, 200_861, 300_301...300_303, 300_305, 300_307, 300_310, 300_312...300_315,
            300_121, 300_122, 100_000, 100_030, 11_310, 11_311:
            .content
        case 2_091_001, 121_002, 121_003, 1_770_001, 1_770_004, 1_770_006, 1_770_007, 1_770_033, 1_063_001, 1_063_003:
            .content
        case 200_310, 300_311, 2_091_002, 121_004, 122_001, 122_002: .identifier
        case 230_034, 99_992_351, 99_992_354, 99_992_361: .identifier
        default: status == 429 ? .rateLimited : status >= 500 ? .busy : .other
        }
    }

    /// The error of an answer that is none of success. `json` is its body, if it is JSON.
    init(response: HTTPClientResponse, json: JSONValue?) {
        let code = json?["code"]?.lenientInteger ?? 0
        let kind: Kind =
            code != 0 || response.status == 429 || response.status >= 500
            ? Self.kind(code: code, status: response.status) : .badResponse
        let violations = json?["error"]?["permission_violations"]?.array ?? []
        let message = json?["msg"]?.string ?? "no message"
        let reason = Self.reason(code: code, message: message)
        self.init(
            // What a click holds up for a moment is refused with a code that usually means the content.
            kind: reason == .interactionInProgress ? .busy : kind,
            code: code,
            message: message,
            logID: response.header(named: "x-tt-logid") ?? response.header(named: "x-request-id")
                ?? json?["error"]?["log_id"]?.nonEmpty,
            status: response.status,
            retryAfter: kind == .rateLimited ? Self.wait(response, code: code) : nil,
            missingScopes: violations.compactMap { $0["subject"]?.nonEmpty },
            mayHaveHappened: kind == .busy || kind == .badResponse,
            reason: reason
        )
    }

    /// How long Feishu asks to wait: its header in seconds, at most an hour, else what the limit of that code suggests.
    private static func wait(_ response: HTTPClientResponse, code: Int64) -> Duration {
        if let text = response.header(named: "x-ogw-ratelimit-reset"), let seconds = Int64(text), seconds >= 0 {
            return .seconds(min(seconds, 3600))
        }
        return code == 11_232 ? .seconds(5) : .seconds(1)
    }
}
