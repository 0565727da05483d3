import Feishu

/// A store in memory, for tests about what is asked of it. An actor, as several "workers" share it.
actor MemoryTokenStore: TokenStore {
    struct Away: Error {}

    private(set) var sealed: String?
    private(set) var saves = 0
    private(set) var claimant: String?
    var remaining: Duration = .seconds(7200)
    /// Somebody else renews.
    var isClaimed = false
    var isAway = false

    func set(remaining: Duration? = nil, isClaimed: Bool? = nil, isAway: Bool? = nil) {
        if let remaining { self.remaining = remaining }
        if let isClaimed { self.isClaimed = isClaimed }
        if let isAway { self.isAway = isAway }
    }

    func put(_ sealed: String?) { self.sealed = sealed }

    func load(appID: String) async throws -> (sealed: String, remaining: Duration)? {
        if isAway { throw Away() }
        return sealed.map { ($0, remaining) }
    }

    func save(_ sealed: String, appID: String, lifetime: Duration) async throws {
        if isAway { throw Away() }
        self.sealed = sealed
        remaining = lifetime
        saves += 1
    }

    func discard(_ sealed: String, appID: String) async throws {
        if isAway { throw Away() }
        if self.sealed == sealed { self.sealed = nil }
    }

    func claimRenewal(appID: String, by claimant: String, for duration: Duration) async throws -> Bool {
        if isAway { throw Away() }
        guard self.claimant == nil, !isClaimed else { return false }
        self.claimant = claimant
        return true
    }

    func releaseRenewal(appID: String, by claimant: String) async throws {
        if isAway { throw Away() }
        if self.claimant == claimant { self.claimant = nil }
    }
}
