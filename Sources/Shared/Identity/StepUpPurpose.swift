/// What a second step allows. One step-up holds for one of these.
package enum StepUpPurpose: String, Sendable, CaseIterable {
    /// Installing, configuring, upgrading and removing plugins.
    case plugins
    /// Emptying queues and dropping dead letters.
    case purge
    /// Reading or changing secrets.
    case secrets
    /// Issuing and revoking tokens, and changing people.
    case tokens
    /// Restoring a backup.
    case restore
}
