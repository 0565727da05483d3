/// The name of a limit that tasks share: `model:gpt-5`, `tenant:acme`.
///
/// What stands before the first colon is its class, whose definition holds for all its names that have none of their
/// own.
public struct LimitName: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// Makes a name of any text, escaped where it could not stand in a Redis key or in JSON.
    ///
    /// Nil for an empty text and for one over 256 bytes.
    public init?(_ text: String) {
        guard let name = KeyText.escaped(text) else { return nil }
        rawValue = name
    }

    /// A name that needs no escaping, as one that is written in the code.
    package init(plain name: String) {
        precondition(KeyText.isPlain(name), "a name in the code is a plain one")
        rawValue = name
    }

    /// A name as Redis holds it; nil where it is none that `init(_:)` makes.
    init?(wire name: String) {
        guard KeyText.isPlain(name) else { return nil }
        rawValue = name
    }

    /// The limit that holds for every task of this name without being asked for.
    public static func task(_ name: TaskName) -> LimitName {
        LimitName("task:" + name.rawValue) ?? LimitName(plain: "task:")
    }

    /// The definition for all names of a class: `all("tenant")` for `tenant:acme` and every other tenant.
    ///
    /// Nil where the class is no name, or holds a colon.
    public static func all(_ category: String) -> LimitName? {
        guard !category.contains(":") else { return nil }
        return LimitName(category).flatMap { LimitName($0.rawValue + ":*") }
    }

    public var description: String { rawValue }
}
