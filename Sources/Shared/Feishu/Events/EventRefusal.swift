/// Why a delivery was refused. The names are few and fixed, fit for a metric's label.
package enum EventRefusal: String, Error, Sendable, CaseIterable, CustomStringConvertible {
    /// Not JSON, not an object, or not of a form that Feishu sends.
    case malformed
    /// An Encrypt Key is set, yet the body is clear text.
    case notEncrypted
    /// The body is encrypted, but this app has no Encrypt Key: somebody has to set it.
    case noEncryptKey
    /// The body does not decrypt with this app's Encrypt Key.
    case undecryptable
    /// Neither signed nor an encrypted url_verification.
    case missingSignature
    /// Signed with another key, or changed on the way.
    case badSignature
    /// The timestamp is missing, not a number, or outside the window.
    case staleTimestamp
    /// The Verification Token is not this app's.
    case wrongToken
    /// The event is another app's.
    case wrongApp
    /// The app has neither an Encrypt Key nor a Verification Token: nothing could tell Feishu from anybody else.
    case unauthenticatable

    /// The HTTP status to answer with.
    package var status: Int {
        switch self {
        case .malformed, .notEncrypted, .noEncryptKey, .undecryptable: 400
        case .missingSignature, .badSignature, .staleTimestamp: 401
        case .wrongToken, .wrongApp, .unauthenticatable: 403
        }
    }

    package var description: String { rawValue }
}
