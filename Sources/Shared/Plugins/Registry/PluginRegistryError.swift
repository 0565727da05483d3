/// Something about plugins that was asked for and not done.
package struct PluginRegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of reason it is; the raw values are shown to programs.
    package enum Code: String, Sendable, CaseIterable {
        /// A plugin with that name is installed.
        case exists
        /// None with that name is installed, or is in the catalogue.
        case unknown
        /// The catalogue does not have that version.
        case unknownVersion = "unknown_version"
        /// It was changed since it was read.
        case conflict
        case tooMany = "too_many"
        /// There are secrets, and no key to seal them with.
        case noKey = "no_key"
        /// Secrets were sealed with another key.
        case wrongKey = "wrong_key"
        /// Something is not as the contract or the schema wants it; see `problems`.
        case invalid
        /// The package was refused; see `refusal`.
        case refusedPackage = "refused_package"
        case downgrade
        /// The same version with other files.
        case sameVersion = "same_version"
        /// Nothing would change.
        case unchanged
        /// A service did not answer as it should.
        case unreachable
        /// What is stored cannot be read.
        case damaged
        /// Redis did not do it; trying again may help.
        case unavailable
    }

    package let code: Code
    package let explanation: String
    package let problems: [ContractProblem]
    /// Why a package was refused.
    package let refusal: PackageRefusal?

    init(_ code: Code, _ explanation: String, problems: [ContractProblem] = [], refusal: PackageRefusal? = nil) {
        self.code = code
        self.explanation = explanation
        self.problems = problems
        self.refusal = refusal
    }

    /// A line for each problem, and no value of a configuration.
    package var description: String { ([explanation] + problems.map(\.description)).joined(separator: "\n") }
}

extension PluginRegistryError {
    static func unknown(_ name: PluginName) -> PluginRegistryError {
        PluginRegistryError(.unknown, "no plugin \(name) is installed; `plugins list` shows those that are")
    }

    static let noKey = PluginRegistryError(
        .noKey,
        """
        there are secrets and no key to encrypt them with: set PLUGINS_KEY (plugins.key) to 32 random bytes in Base64, \
        such as those of `openssl rand -base64 32`, for every program
        """
    )

    static func wrongKey(_ name: PluginName) -> PluginRegistryError {
        PluginRegistryError(
            .wrongKey,
            "the secrets of \(name) cannot be decrypted: PLUGINS_KEY is not the key that they were encrypted with"
        )
    }

    static func invalid(_ problems: [ContractProblem], of what: String) -> PluginRegistryError {
        PluginRegistryError(.invalid, "\(what) is not as it has to be", problems: problems)
    }

    static func refused(_ refusal: PackageRefusal) -> PluginRegistryError {
        PluginRegistryError(
            .refusedPackage,
            "the package is refused: \(refusal)",
            refusal: refusal
        )
    }

    static func damaged(_ what: String) -> PluginRegistryError {
        PluginRegistryError(.damaged, "\(what) cannot be read from Redis")
    }
}
