import Cryptography

/// What is known of a person, as it is in Redis. No secret is in it that would be of use to who reads it.
struct Person: Codable, Equatable, Sendable {
    /// A ``Role``; one that this version does not know lets nobody in.
    var role: String
    var password: PasswordHash
    /// A number that no other state of the person's credentials had: sign-ins of an earlier one are over.
    var generation: String
    let createdAt: Int64
    var secondStep: SecondStepRecord?

    enum CodingKeys: String, CodingKey {
        case role, password, generation
        case createdAt = "created_at"
        case secondStep = "second_step"
    }

    static func makeGeneration() -> String { Hex.encode(RandomBytes.generate(count: 8)) }
}

/// A person's second step, set up or being set up.
struct SecondStepRecord: Codable, Equatable, Sendable {
    /// The secret of the one-time passwords, sealed for this person.
    var secret: String
    /// Whether the person has shown a code of it.
    var isConfirmed: Bool
    /// The time step of the last code that was taken: none up to it is taken again.
    var lastCounter: Int64
    /// What the recovery codes are hashed with, in hexadecimal.
    var salt: String
    /// The SHA-256 of each recovery code that is left, in hexadecimal.
    var recoveryCodes: [String]

    enum CodingKeys: String, CodingKey {
        case secret, salt
        case isConfirmed = "confirmed"
        case lastCounter = "last_counter"
        case recoveryCodes = "recovery_codes"
    }
}

/// What is told of a person.
package struct PersonSummary: Equatable, Sendable {
    package let name: String
    package let role: Role
    /// In milliseconds since 1970.
    package let createdAt: Int64
    /// Whether a second step is set up.
    package let hasSecondStep: Bool
}
