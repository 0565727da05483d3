package import JSON
import JSONSchema

/// A tool that a plugin offers to models.
package struct PluginTool: Sendable, Equatable {
    /// How many problems of one call a model is told of.
    private static let mostProblems = 10

    package let name: String
    package let description: String
    /// JSON Schema of the arguments, an object.
    package let parameters: JSONObject
    /// Whether the person is asked before each call.
    package let isSensitive: Bool

    package init(name: String, description: String, parameters: JSONObject, isSensitive: Bool) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isSensitive = isSensitive
    }

    /// Holds what a model made up against the schema.
    ///
    /// - Parameter arguments: Of a call.
    /// - Returns: What is wrong with them, by JSON pointer; empty where they may be sent.
    package func problems(in arguments: JSONObject) -> [ContractProblem] {
        do throws(SchemaProblems) {
            return try JSONSchema(.object(parameters)).problems(in: .object(arguments), limit: Self.mostProblems)
                .map { ContractProblem($0.pointer, $0.explanation) }
        } catch {
            // Of a manifest that an earlier version took.
            return [ContractProblem("", "the tool's schema cannot be read")]
        }
    }
}
