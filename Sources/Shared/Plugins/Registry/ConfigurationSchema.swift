import JSON
import JSONSchema

/// The JSON Schema of a plugin's configuration, which is always an object.
struct ConfigurationSchema {
    private let schema: JSONSchema

    /// - Throws: All that is wrong with the schema.
    init(_ document: JSONValue) throws(ContractProblems) {
        do throws(SchemaProblems) {
            schema = try JSONSchema(document)
        } catch {
            throw ContractProblems(error.problems.map { ContractProblem($0.pointer, $0.explanation) })
        }
    }

    /// What is wrong with a configuration once its defaults are filled in, without the values of secrets.
    func problems(in configuration: JSONObject) -> [ContractProblem] {
        schema.problems(in: .object(withDefaults(configuration)))
            .map { ContractProblem($0.pointer, $0.explanation) }
    }

    /// The configuration with the schema's defaults for what is absent.
    func withDefaults(_ configuration: JSONObject) -> JSONObject {
        schema.addingDefaults(to: .object(configuration)).object ?? configuration
    }

    /// A configuration without its secrets, and those with their places. Without a schema every member is a secret.
    static func separated(
        _ configuration: JSONObject,
        by schema: ConfigurationSchema?
    ) -> (open: JSONObject, secrets: [(pointer: String, value: JSONValue)]) {
        guard let schema else {
            return ([:], configuration.members.map { (JSONPointer([$0.key]).description, $0.value) })
        }
        let parts = schema.schema.separatingSecrets(.object(configuration))
        return (parts.open.object ?? [:], parts.secrets)
    }

    /// The opposite.
    static func inserting(_ secrets: [(pointer: String, value: JSONValue)], into open: JSONObject) -> JSONObject {
        JSONSchema.inserting(secrets, into: .object(open)).object ?? open
    }
}
