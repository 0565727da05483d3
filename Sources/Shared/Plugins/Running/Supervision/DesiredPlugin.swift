package import Cryptography
package import JSON

/// A plugin that is to be callable.
package struct DesiredPlugin: Sendable, Equatable {
    /// What stands behind it.
    package enum Place: Sendable, Equatable {
        /// Unpacked files, of which a process is started.
        case directory(String)
        case service(ServiceURL, secret: Secret)
    }

    /// The record's, which standings name.
    package let revision: Int64
    package let place: Place
    package let manifest: PluginManifest
    /// What `GET /get_config_schema` must give; nil: anything.
    package let schema: JSONValue?

    package var name: PluginName { manifest.name }

    /// - Parameters:
    ///   - manifest: The record's; the plugin's own must have the same name and version.
    ///   - place: What stands behind it.
    ///   - revision: The record's.
    ///   - schema: The package's, where it has one.
    package init(manifest: PluginManifest, place: Place, revision: Int64, schema: JSONValue? = nil) {
        self.manifest = manifest
        self.place = place
        self.revision = revision
        self.schema = schema
    }

    /// Whether what runs for one serves the other as well.
    func runs(like other: DesiredPlugin) -> Bool {
        manifest == other.manifest && place == other.place && schema == other.schema
    }
}

/// How a plugin is doing in this process.
package struct PluginRunStanding: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// Not yet healthy, or on its way back.
        case starting
        case healthy
        /// Three starts or checks in a row came to nothing. It is tried again all the same.
        case failed(reason: String)
    }

    package let name: PluginName
    package let version: SemanticVersion
    /// Of the record.
    package let revision: Int64
    package let state: State
}
