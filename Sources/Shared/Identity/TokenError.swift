/// Why a token was not taken or not made.
package struct TokenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong, for code to branch on.
    package enum Code: String, Sendable, CaseIterable {
        /// There is no token.
        case missing
        /// It is no token of ours: not three parts, too long, a claim that is missing or has a wrong type.
        case malformed
        /// Nobody whom we trust signed it, or not in the way that we take.
        case badSignature
        case expired
        case notYetValid
        case wrongIssuer
        case wrongAudience
        case revoked
        /// A step-up token for something else, or for another sign-in.
        case wrongPurpose
        /// Redis did not answer. What cannot be checked is refused.
        case unavailable
        /// There is no key to sign with, or the token that was asked for may not be.
        case notIssued
    }

    package let code: Code
    /// What exactly, in fixed words: nothing of the token is in it.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Whether the same may succeed later.
    package var isTransient: Bool { code == .unavailable }

    static func malformed(_ what: String) -> TokenError { TokenError(.malformed, "the token is malformed: \(what)") }

    static let unavailable = TokenError(.unavailable, "tokens cannot be checked now; try again")
}
