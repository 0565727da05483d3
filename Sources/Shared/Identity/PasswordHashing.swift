package import Cryptography
import NIOConcurrencyHelpers
import Processes

/// Hashes passwords on threads of their own, two at a time: a hash takes a tenth of a second and 32 MiB.
package final class PasswordHashing: Sendable {
    /// What new hashes cost. One that cost less is made anew at the next sign-in.
    let parameters: Scrypt.Parameters
    /// How many hashes may run or wait.
    private let capacity: Int
    private let lane = BlockingLane(width: 2)
    private let open = NIOLockedValueBox(0)
    /// What a name that is not there is checked against, so that it takes as long as one that is.
    private let nobody: PasswordHash

    /// - Parameters:
    ///   - parameters: What new hashes cost.
    ///   - capacity: How many may run or wait before others are refused.
    package init(parameters: Scrypt.Parameters = .standard, capacity: Int = 32) {
        self.parameters = parameters
        self.capacity = capacity
        nobody = .nobodys(parameters)
    }

    /// - Throws: `.busy`.
    func hash(_ password: String) async throws(IdentityError) -> PasswordHash {
        let parameters = parameters
        return try await perform { PasswordHash(of: password, parameters: parameters) }
    }

    /// Whether the password is right; without a hash to compare with it is not, after the same time.
    ///
    /// - Throws: `.busy`.
    func check(_ password: String, against hash: PasswordHash?) async throws(IdentityError) -> Bool {
        let isPossible = hash != nil && password.utf8.count <= PasswordRule.maximumByteCount
        let known = isPossible ? hash ?? nobody : nobody
        let matches = try await perform { known.matches(isPossible ? password : "") }
        return isPossible && matches
    }

    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async throws(IdentityError) -> Value {
        let isFree = open.withLockedValue { open in
            guard open < capacity else { return false }
            open += 1
            return true
        }
        guard isFree else { throw .busy }
        defer { open.withLockedValue { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            lane.perform { continuation.resume(returning: work()) }
        }
    }
}
