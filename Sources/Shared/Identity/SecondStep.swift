package import Cryptography
package import Redis

/// People's one-time passwords: setting them up, and checking codes.
///
/// The secret is kept sealed. A code is taken once: the step that takes it also notes that it was, so of two who show the
/// same code at one moment one is refused.
package struct SecondStep: Sendable {
    /// What a person needs to set up a device. It is shown once.
    package struct Enrolment: Sendable {
        /// In Base32, to be typed.
        package let secret: Secret
        /// As a URI, to be shown as a QR code.
        package let uri: Secret
    }

    /// The longest code that is looked at, in bytes.
    private static let maximumCodeByteCount = 64

    private let people: People
    private let lockout: Lockout
    private let sealing: SealingKey?
    private let issuer: String
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - redis: Where people are.
    ///   - sealing: What seals the secrets; nil where there is no key, then nobody can have a second step.
    ///   - issuer: What authenticator apps show above the name.
    ///   - now: The time in milliseconds since 1970.
    package init(
        redis: RedisClient,
        sealing: SealingKey?,
        issuer: String,
        now: @escaping @Sendable () -> Int64
    ) {
        people = People(redis)
        lockout = Lockout(redis, now: now)
        self.sealing = sealing
        self.issuer = issuer
        self.now = now
    }

    /// Makes a secret for somebody. It counts for nothing until a code of it was confirmed; a second call makes another.
    ///
    /// - Throws: `.unknownPerson`, `.secondStepExists`, `.sealed`, `.unavailable`.
    package func begin(_ name: String) async throws(IdentityError) -> Enrolment {
        let totp = TOTP.make()
        let sealed = try seal(totp, of: name)
        try await people.change(name) { person throws(IdentityError) in
            guard person.secondStep?.isConfirmed != true else { throw .secondStepExists }
            person.secondStep = SecondStepRecord(
                secret: sealed,
                isConfirmed: false,
                lastCounter: 0,
                salt: Hex.encode(RandomBytes.generate(count: 16)),
                recoveryCodes: []
            )
        }
        return Enrolment(secret: totp.text, uri: totp.uri(issuer: issuer, name: name))
    }

    /// Sets the second step up, once the person has shown a code of their device.
    ///
    /// - Returns: Ten recovery codes, which are shown this once.
    /// - Throws: `.unknownPerson`, `.noSecondStep`, `.secondStepExists`, `.wrongCode`, `.lockedOut`, `.sealed`,
    ///   `.unavailable`.
    package func confirm(_ name: String, code: String) async throws(IdentityError) -> [Secret] {
        let codes = RecoveryCodes.make()
        try await guess(at: name) { step throws(IdentityError) in
            guard !step.isConfirmed else { throw .secondStepExists }
            try take(code, of: name, from: &step)
            step.isConfirmed = true
            step.recoveryCodes = codes.map { RecoveryCodes.hash($0, salt: step.salt) }
        }
        return codes.map { Secret($0) }
    }

    /// Checks a one-time password or a recovery code, and uses it up.
    ///
    /// - Throws: `.unknownPerson`, `.noSecondStep`, `.wrongCode`, `.lockedOut`, `.sealed`, `.unavailable`.
    package func verify(_ name: String, code: String) async throws(IdentityError) {
        try await guess(at: name) { step throws(IdentityError) in
            guard step.isConfirmed else { throw .noSecondStep }
            guard code.utf8.count <= Self.maximumCodeByteCount else { throw .wrongCode }
            let hash = RecoveryCodes.hash(code, salt: step.salt)
            if let index = step.recoveryCodes.firstIndex(where: { constantTimeEquals($0.utf8, hash.utf8) }) {
                step.recoveryCodes.remove(at: index)
            } else {
                try take(code, of: name, from: &step)
            }
        }
    }

    /// Takes somebody's second step away, as for who has lost device and recovery codes.
    ///
    /// - Throws: `.unknownPerson`, `.noSecondStep`, `.unavailable`.
    package func remove(_ name: String) async throws(IdentityError) {
        try await people.change(name) { person throws(IdentityError) in
            guard person.secondStep != nil else { throw .noSecondStep }
            person.secondStep = nil
        }
    }

    /// Counts a guess, changes the person's second step, and forgets the guesses where that went well.
    private func guess(
        at name: String,
        _ change: (inout SecondStepRecord) throws(IdentityError) -> Void
    ) async throws(IdentityError) {
        try await lockout.count([.step(name)])
        try await people.change(name) { person throws(IdentityError) in
            guard var step = person.secondStep else { throw .noSecondStep }
            try change(&step)
            person.secondStep = step
        }
        try await lockout.clear(.step(name))
    }

    /// Uses up a one-time password.
    private func take(_ code: String, of name: String, from step: inout SecondStepRecord) throws(IdentityError) {
        guard let sealing, let secret = try? sealing.open(step.secret, context: Self.context(name)) else {
            throw .sealed
        }
        let totp = TOTP(secret: secret)
        guard let counter = totp.counter(of: code, at: now(), after: step.lastCounter) else { throw .wrongCode }
        step.lastCounter = counter
    }

    private func seal(_ totp: TOTP, of name: String) throws(IdentityError) -> String {
        guard let sealed = try? sealing?.seal(totp.bytes, context: Self.context(name)) else { throw .sealed }
        return sealed
    }

    /// A secret that is moved to somebody else's record does not open there.
    private static func context(_ name: String) -> String { "identity:totp:" + name }
}
