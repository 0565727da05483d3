package import JSON

/// A JSON Schema of version 2020-12, for schemas and values that nobody vouches for.
///
/// References stay in the document, nothing is fetched. Work is bounded: what takes more steps than allowed is a problem
/// of the value. `format` is asked for the formats of `SchemaFormat`; others, like all keywords that are not known, are
/// remarks. Names and texts are equal as Swift's strings are, by canonical equivalence.
package struct JSONSchema: Sendable {
    /// What stands for a secret.
    package static let mask: JSONValue = "***"

    /// As it was given.
    package let document: JSONValue
    private let program: SchemaProgram

    /// - Parameters:
    ///   - document: The schema.
    ///   - bounds: How large it may be, and how much work a value may make.
    /// - Throws: All that is wrong with it, too large or not supported, each with its place.
    package init(_ document: JSONValue, bounds: SchemaBounds = .init()) throws(SchemaProblems) {
        guard document.bytes.count <= bounds.bytes else {
            throw SchemaProblems([
                SchemaProblem(pointer: "", keyword: "", explanation: "is larger than \(bounds.bytes) bytes")
            ])
        }
        let root = SchemaPlace(document, at: JSONPointer(), in: "")
        let index = SchemaIndex(root, bounds: bounds)
        guard index.problems.isEmpty else { throw SchemaProblems(index.problems) }
        var compiler = SchemaCompiler(index, bounds: bounds)
        guard let program = compiler.compile(root) else { throw SchemaProblems(compiler.problems) }
        self.document = document
        self.program = program
    }

    /// What of a value the schema does not allow, in the order of the value's members; none where it is valid.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - limit: How many problems are told at most.
    /// - Returns: The problems.
    package func problems(in value: JSONValue, limit: Int = 50) -> [SchemaProblem] {
        var run = SchemaRun(program, limit: max(1, limit))
        var seen = SchemaCoverage()
        _ = run.holds(0, value, &seen)
        var problems = told(run.findings, of: value)
        if run.isTooDeep {
            let words = "is nested too deep: more than \(program.bounds.depth) schemas in each other"
            problems.append(SchemaProblem(pointer: "", keyword: "", explanation: words))
        } else if run.steps < 0 {
            let words = "takes more than \(program.bounds.steps) steps to check"
            problems.append(SchemaProblem(pointer: "", keyword: "", explanation: words))
        }
        return problems
    }

    /// The value with the defaults of members that are not there; a default may lack members that have one, too.
    package func addingDefaults(to value: JSONValue) -> JSONValue {
        var defaults = SchemaDefaults(program)
        return defaults.filled(value)
    }

    /// The value with `***` for each secret: what is `writeOnly` or of the format `password`, by any of the schemas that
    /// may describe it. Where that is too much to find out, it is all one secret.
    package func redacting(_ value: JSONValue) -> JSONValue {
        guard program.hasSecrets else { return value }
        var secrets = SchemaSecrets(program)
        let cleared = secrets.cleared(value, mask: Self.mask)
        return secrets.isSpent ? Self.mask : cleared ?? Self.mask
    }

    /// The value without its secrets, and those by themselves, to be kept elsewhere.
    ///
    /// - Parameter value: The value.
    /// - Returns: What is open, without the members that are secret and with null for elements that are; and each secret
    ///   with the JSON Pointer of its place.
    package func separatingSecrets(_ value: JSONValue) -> (
        open: JSONValue, secrets: [(pointer: String, value: JSONValue)]
    ) {
        guard program.hasSecrets else { return (value, []) }
        var secrets = SchemaSecrets(program)
        let open = secrets.cleared(value, mask: nil)
        guard !secrets.isSpent else { return (.null, [("", value)]) }
        return (open ?? .null, secrets.found.map { ($0.pointer.description, $0.value) })
    }

    /// Puts secrets back in their places.
    ///
    /// - Parameters:
    ///   - secrets: What `separatingSecrets` took out.
    ///   - value: Where they are put. Objects on the way that are not there are made; a secret of an element that is not
    ///     there is left out.
    /// - Returns: The whole.
    package static func inserting(
        _ secrets: [(pointer: String, value: JSONValue)],
        into value: JSONValue
    ) -> JSONValue {
        secrets.reduce(value) { whole, secret in
            guard let pointer = JSONPointer(secret.pointer) else { return whole }
            return inserting(secret.value, at: pointer.tokens[...], into: whole)
        }
    }

    private static func inserting(
        _ secret: JSONValue,
        at tokens: ArraySlice<String>,
        into value: JSONValue?
    ) -> JSONValue {
        guard let token = tokens.first else { return secret }
        if case .array(var values) = value {
            guard let index = Int(token), values.indices.contains(index) else { return .array(values) }
            values[index] = inserting(secret, at: tokens.dropFirst(), into: values[index])
            return .array(values)
        }
        var object = value?.object ?? [:]
        object[token] = inserting(secret, at: tokens.dropFirst(), into: object[token])
        return .object(object)
    }

    /// Findings with what they may quote.
    private func told(_ findings: [SchemaFinding], of value: JSONValue) -> [SchemaProblem] {
        guard !findings.isEmpty else { return [] }
        let open = separatingSecrets(value).open
        return findings.map { finding in
            let pointer = JSONPointer(finding.path)
            let found = pointer.value(in: value)
            // What is null in place of an element was secret, too.
            let isOpen = pointer.value(in: open) == found
            var text = isOpen ? finding.text : finding.hidden ?? finding.text
            // Where there are secrets, one of them may stand under a wrong name.
            if finding.quotes, isOpen, let found, found.string == nil || !program.hasSecrets {
                text += ", not \(SchemaQuote.words(found))"
            }
            return SchemaProblem(pointer: pointer.description, keyword: finding.keyword, explanation: text)
        }
    }
}
