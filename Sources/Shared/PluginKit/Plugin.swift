public import JSON

/// A plugin of the assistant.
///
/// Mark the type with `@main`: the program then serves it, prints its manifest, or calls it once, by its arguments.
/// One value serves all calls, several at once. What is kept between the calls of one conversation belongs in the
/// reply's state, since the next call may go to another machine.
///
/// ```swift
/// import PluginKit
///
/// @main struct Greeting: Plugin {
///     static let manifest = Manifest(name: "greeting", version: "1.0.0")
///
///     func handle(_ message: Message) async throws -> Reply {
///         guard !message.content.isEmpty else {
///             throw PluginError(message.words(chinese: "向谁打招呼？", english: "Whom shall I greet?"))
///         }
///         return .text(message.words(chinese: "你好，\(message.content)！", english: "Hello, \(message.content)!"))
///     }
/// }
/// ```
public protocol Plugin: Sendable {
    /// What the plugin says of itself.
    static var manifest: Manifest { get }
    /// JSON Schema (2020-12) of the configuration, an object. Not said: any object is one.
    static var configurationSchema: JSONValue { get }

    /// Made once, before the first call.
    init()

    /// Answers one call.
    ///
    /// Where it takes longer than the manifest's timeout its task is cancelled.
    ///
    /// - Parameter message: What the plugin may know of the call.
    /// - Returns: What is said, kept and to be done.
    /// - Throws: ``PluginError`` with words for the person; of any other error they only learn that the plugin failed.
    func handle(_ message: Message) async throws -> Reply
}

extension Plugin {
    public static var configurationSchema: JSONValue { ["type": "object"] }
}
