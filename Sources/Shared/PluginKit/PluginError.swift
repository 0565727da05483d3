/// Why something cannot be done, in words for the person who asked.
public struct PluginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the person reads; of more than 500 characters, the first 500.
    public let words: String

    /// An error that tells the person why it does not work.
    ///
    /// - Parameter words: What they read, in their language (``Message/language``).
    public init(_ words: String) { self.words = words }

    public var description: String { words }
}
