import Feishu
import NIOHTTP1

/// How a delivery ended: the label `outcome` of `gateway_events_total`.
enum EventOutcome: Hashable, Sendable, CaseIterable {
    case stored, duplicate, ignored, challenge
    /// The sink failed or did not confirm in time.
    case unavailable
    /// The connection ended before the body did.
    case abandoned
    case tooLarge, tooSlow, notHTTP
    case wrongMethod, wrongContentType, unknownApp
    case refused(EventRefusal)

    static let allCases: [EventOutcome] =
        [
            .stored, .duplicate, .ignored, .challenge, .unavailable, .abandoned, .tooLarge, .tooSlow, .notHTTP,
            .wrongMethod, .wrongContentType, .unknownApp,
        ] + EventRefusal.allCases.map { .refused($0) }

    var label: String {
        switch self {
        case .stored: "stored"
        case .duplicate: "duplicate"
        case .ignored: "ignored"
        case .challenge: "challenge"
        case .unavailable: "unavailable"
        case .abandoned: "abandoned"
        case .tooLarge: "too_large"
        case .tooSlow: "too_slow"
        case .notHTTP: "not_http"
        case .wrongMethod: "wrong_method"
        case .wrongContentType: "wrong_content_type"
        case .unknownApp: "unknown_app"
        case .refused(.malformed): "malformed"
        case .refused(.notEncrypted): "not_encrypted"
        case .refused(.noEncryptKey): "no_encrypt_key"
        case .refused(.undecryptable): "undecryptable"
        case .refused(.missingSignature): "missing_signature"
        case .refused(.badSignature): "bad_signature"
        case .refused(.staleTimestamp): "stale_timestamp"
        case .refused(.wrongToken): "wrong_token"
        case .refused(.wrongApp): "wrong_app"
        case .refused(.unauthenticatable): "unauthenticatable"
        }
    }
}

extension EventRefusal {
    /// The answer of the refusal's status. What exactly was wrong is for our metrics, not for a stranger.
    var answer: Answer {
        switch self {
        case .malformed, .notEncrypted, .noEncryptKey, .undecryptable: .malformedEvent
        case .missingSignature, .badSignature, .staleTimestamp: .badSignature
        case .wrongToken, .wrongApp, .unauthenticatable: .wrongToken
        }
    }

    /// Whether somebody has to change a setting, here or in Feishu's console.
    var isMisconfiguration: Bool {
        switch self {
        case .noEncryptKey, .undecryptable, .unauthenticatable, .wrongApp: true
        case .malformed, .notEncrypted, .missingSignature, .badSignature, .staleTimestamp, .wrongToken: false
        }
    }
}
