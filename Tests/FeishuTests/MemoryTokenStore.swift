import Feishu

/// A store in memory, for tests about what is asked of it. An actor, as several "workers" share it.
actor MemoryTokenStore: TokenStore {
    struct Away: Error {}

    private(set) var sealed: String?
    private(set) var saves = 0
    private(set) var claims = 0
    var remaining: Duration = .seconds(7200)
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

    func claimRenewal(appID: String, for duration: Duration) async throws -> Bool {
        if isAway { throw Away() }
        claims += 1
        defer { isClaimed = true }
        return !isClaimed
    }
}
