import ArgumentParser

/// `--autoscale MAX,MIN` as Celery has it (celery.bin.worker, `Autoscale`): the greater number is the most, in whichever
/// order they stand, and one number alone is that.
struct AutoscaleOption: ExpressibleByArgument {
    /// As it was given.
    let text: String
    /// Values of the settings; what is no number is left to them to refuse.
    let most: String
    let fewest: String?

    init?(argument: String) {
        text = argument
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count) else { return nil }
        guard parts.count == 2 else {
            (most, fewest) = (parts[0], nil)
            return
        }
        let isReversed = (Int(parts[0]) ?? 0) < (Int(parts[1]) ?? 0)
        (most, fewest) = isReversed ? (parts[1], parts[0]) : (parts[0], parts[1])
    }
}
