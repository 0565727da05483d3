/// Where the workers of a fleet share their tenant access tokens. Values are sealed: the store learns no token.
package protocol TokenStore: Sendable {
    /// The sealed token of an app, with how long it is still valid; nil where there is none.
    func load(appID: String) async throws -> (sealed: String, remaining: Duration)?

    /// Keeps a sealed token until it expires, replacing an older one.
    func save(_ sealed: String, appID: String, lifetime: Duration) async throws

    /// Forgets a sealed token, unless another has replaced it.
    func discard(_ sealed: String, appID: String) async throws

    /// Takes the right to renew for `duration`. False while anybody has it.
    func claimRenewal(appID: String, by claimant: String, for duration: Duration) async throws -> Bool

    /// Gives the right back, unless it has passed to somebody else.
    func releaseRenewal(appID: String, by claimant: String) async throws
}
