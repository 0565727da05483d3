import Plugins

extension AdminProblem {
    /// What an operation on plugins was refused for.
    init(_ error: PluginRegistryError) {
        let problems = (error.problems + (error.refusal?.problems ?? []))
            .map { Detail($0.pointer, $0.explanation) }
        let code = error.code.rawValue.split(separator: "_").joined(separator: "-")
        switch error.code {
        case .unavailable, .unreachable:
            self.init(503, code, error.explanation, errors: problems, headers: [("Retry-After", "1")])
        case .unknown, .unknownVersion: self.init(404, code, error.explanation)
        case .invalid, .refusedPackage: self.init(422, code, error.explanation, errors: problems)
        case .conflict: self.init(412, "changed", error.explanation)
        case .exists, .tooMany, .downgrade, .sameVersion, .unchanged, .noKey, .wrongKey:
            self.init(409, code, error.explanation)
        case .damaged: self.init(500, code, error.explanation)
        }
    }

    /// None of this name is installed, which may be no name at all.
    static func noPlugin(named name: String) -> AdminProblem {
        // It is shown on terminals.
        let scalars = name.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }
        let shown = String(String.UnicodeScalarView(scalars.prefix(64)))
        return AdminProblem(404, "not-found", "no plugin \(shown) is installed; `plugins list` shows those that are")
    }
}
