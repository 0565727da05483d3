/// What signing in, a second step, or a change of people was refused for.
package enum IdentityError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not 1 to 64 of letters, digits, `.`, `_`, `-`, `@`.
    case badName
    /// What is wrong with a new password.
    case badPassword(PasswordRule)
    case nameTaken
    case unknownPerson
    /// Name or password are wrong; which, is not told.
    case wrongCredentials
    /// Name and password are right; a code is asked for as well.
    case secondStepRequired
    case wrongCode
    /// The person has no second step, or none that was begun.
    case noSecondStep
    /// The person has a second step, which has to be removed before another is begun.
    case secondStepExists
    /// Guessed too often. The name may exist or not.
    case lockedOut(retryAfter: Duration)
    /// The refresh token is unknown, used, ended or taken back: sign in again.
    case signedOut
    /// The refresh token was used before, so somebody has a copy of it: all of its sign-in was ended.
    case refreshReused
    /// Too many passwords are being checked at once.
    case busy
    /// What is kept sealed does not open: the key is missing or another one.
    case sealed
    /// A token could not be made.
    case token(TokenError)
    /// Redis did not answer, or what it holds is damaged.
    case unavailable

    /// Whether the same may succeed later.
    package var isTransient: Bool {
        switch self {
        case .lockedOut, .busy, .unavailable: true
        case .token(let error): error.isTransient
        case .badName, .badPassword, .nameTaken, .unknownPerson, .wrongCredentials, .secondStepRequired, .wrongCode,
            .noSecondStep, .secondStepExists, .signedOut, .refreshReused, .sealed:
            false
        }
    }

    package var description: String {
        switch self {
        case .badName: "a name has 1 to 64 letters, digits and . _ - @"
        case .badPassword(let rule): rule.description
        case .nameTaken: "there is somebody of this name already"
        case .unknownPerson: "there is nobody of this name"
        case .wrongCredentials: "name or password are wrong"
        case .secondStepRequired: "a code of the second step is required"
        case .wrongCode: "the code is wrong or was used before"
        case .noSecondStep: "there is no second step; set one up first"
        case .secondStepExists: "there is a second step already; remove it first"
        case .lockedOut(let wait): "too many wrong guesses; try again in \(wait.components.seconds) s"
        case .signedOut: "the sign-in has ended; sign in again"
        case .refreshReused: "the refresh token was used before, so its sign-in was ended; sign in again"
        case .busy: "too many people sign in at once; try again in a moment"
        case .sealed: "what is sealed does not open; is plugins.key set, and the one it was sealed with?"
        case .token(let error): error.description
        case .unavailable: "Redis does not answer; try again"
        }
    }
}

/// What a new password has to be.
package enum PasswordRule: String, Sendable, CaseIterable, CustomStringConvertible {
    case atLeastTwelveCharacters
    case atMost1024Bytes
    case notTheName

    /// The longest that is looked at, in bytes.
    static let maximumByteCount = 1_024

    /// The first rule that a password breaks; nil where it may be taken.
    static func broken(by password: String, of name: String) -> PasswordRule? {
        if password.utf8.count > maximumByteCount { return .atMost1024Bytes }
        if password.count < 12 { return .atLeastTwelveCharacters }
        if password.lowercased().contains(name.lowercased()), password.count < name.count + 8 { return .notTheName }
        return nil
    }

    package var description: String {
        switch self {
        case .atLeastTwelveCharacters: "a password has at least 12 characters"
        case .atMost1024Bytes: "a password has at most 1,024 bytes"
        case .notTheName: "a password is not the name, with little added"
        }
    }
}
