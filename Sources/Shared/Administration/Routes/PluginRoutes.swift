import Cryptography
import Identity
import JSON
import Plugins

/// Plugins: what is installed, and changing that.
struct PluginRoutes {
    let operations: PluginOperations
    let registry: PluginRegistry
    let catalogue: PluginCatalogue
    /// Has workers call plugins.
    let trials: any PluginTrials
    /// In which descriptions are.
    let language: String

    var routes: [AdminRoute] {
        [list, show, install, configure, enable, disable, upgrade, uninstall, logs, trial, offered]
    }

    private var list: AdminRoute {
        AdminRoute(.get, "/plugins", "plugins.list", .role(.viewer), "Lists the installed plugins and how they fare.") {
            call in
            var items: [JSONValue] = []
            for record in try await registry.records() { items.append(.object(try await view(record))) }
            return try call.page(of: items)
        }
        .paged()
        .answering(Schemas.page(of: Self.plugin))
    }

    private var show: AdminRoute {
        AdminRoute(
            .get,
            "/plugins/{name}",
            "plugins.show",
            .role(.viewer),
            "Tells all about one plugin but its secrets."
        ) {
            call in
            let record = try await record(call)
            var view = try await view(record)
            view["workers"] = .array(
                try await registry.standings(of: record.name).map { standing in
                    [
                        "worker": .string(standing.worker), "state": .string(standing.state.rawValue),
                        "detail": standing.detail.json, "at": .integer(standing.at),
                    ]
                }
            )
            view["manifest"] = .object(record.manifest.document)
            view["schema"] = record.release.schema ?? .null
            return AdminReply(.object(view), etag: String(record.etag))
        }
        .answering(Self.plugin)
    }

    private var install: AdminRoute {
        AdminRoute(
            .post,
            "/plugins",
            "plugins.install",
            .role(.admin),
            "Installs a plugin: of the catalogue, of an archive, or a service at a URL."
        ) { call in
            let change = try await operations.install(
                PluginInstallation(
                    name: try Self.name(call.body["name"]),
                    version: try Self.version(call.body["version"]),
                    origin: try Self.origin(call.body, version: try Self.version(call.body["version"])),
                    configuration: call.body["configuration"]?.object ?? [:],
                    isEnabled: call.body["enabled"]?.bool ?? true
                )
            )
            return try await reply(change, status: 201)
        }
        .needing(.plugins)
        .taking(
            Schemas.object(
                Self.originMembers(and: [
                    "name": .object(Self.nameSchema), "version": .object(Schemas.text(128)),
                    "configuration": .object(Schemas.anything), "enabled": Schemas.of("boolean"),
                ])
            )
        )
        .answering(201, Self.plugin)
        .refusing(404, 409)
    }

    private var configure: AdminRoute {
        AdminRoute(
            .patch,
            "/plugins/{name}/configuration",
            "plugins.configure",
            .role(.admin),
            "Changes the members of the configuration that are named (RFC 7396); null removes one."
        ) { call in
            try await reply(
                try await operations.configure(try Self.name(call), patch: call.body, etag: try Self.etag(call))
            )
        }
        .needing(.plugins)
        .taking(Schemas.anything)
        .answering(Self.plugin)
        .refusing(409)
    }

    private var enable: AdminRoute {
        AdminRoute(.post, "/plugins/{name}/enable", "plugins.enable", .role(.admin), "Has a plugin called again.") {
            call in
            try await reply(try await operations.enable(try Self.name(call), etag: try Self.etag(call)))
        }
        .needing(.plugins)
        .answering(Self.plugin)
        .refusing(409)
    }

    private var disable: AdminRoute {
        AdminRoute(
            .post,
            "/plugins/{name}/disable",
            "plugins.disable",
            .role(.admin),
            "Keeps a plugin installed and has it called no more."
        ) { call in
            try await reply(try await operations.disable(try Self.name(call), etag: try Self.etag(call)))
        }
        .needing(.plugins)
        .answering(Self.plugin)
        .refusing(409)
    }

    private var upgrade: AdminRoute {
        AdminRoute(
            .post,
            "/plugins/{name}/upgrade",
            "plugins.upgrade",
            .role(.admin),
            "Puts another version in the place of one; it goes back by itself where that is not healthy."
        ) { call in
            let version = try Self.version(call.body["version"])
            let change = try await operations.upgrade(
                try Self.name(call),
                PluginUpgrade(
                    version: version,
                    origin: try Self.origin(call.body, version: version),
                    patch: call.body["configuration"]?.object ?? [:],
                    allowsDowngrade: call.body["allow_downgrade"]?.bool ?? false
                ),
                etag: try Self.etag(call)
            )
            return try await reply(change)
        }
        .needing(.plugins)
        .taking(
            Schemas.object(
                Self.originMembers(and: [
                    "version": .object(Schemas.text(128)), "configuration": .object(Schemas.anything),
                    "allow_downgrade": Schemas.of("boolean"),
                ])
            )
        )
        .answering(Self.plugin)
        .refusing(409)
    }

    private var uninstall: AdminRoute {
        AdminRoute(
            .delete,
            "/plugins/{name}",
            "plugins.uninstall",
            .role(.admin),
            "Removes a plugin with its configuration, its files and its log."
        ) { call in
            let change = try await operations.uninstall(try Self.name(call), etag: try Self.etag(call))
            var reply = AdminReply.none
            reply.before = change.before.map { .object($0.view(language: language)) }
            return reply
        }
        .needing(.plugins)
        .answering(204, nil)
        .refusing(409)
    }

    private var logs: AdminRoute {
        AdminRoute(
            .get,
            "/plugins/{name}/logs",
            "plugins.logs",
            .role(.operator),
            "Shows the last lines that a plugin wrote, the oldest first."
        ) { call in
            let lines = try await registry.logTail(of: try await record(call).name, count: call.limit)
            return .page(lines.map { .string($0) }, next: nil)
        }
        .query("limit", Schemas.integer(1...500, default: 100), "How many at most.")
        .answering(Schemas.page(of: ["type": "string"]))
    }

    private var trial: AdminRoute {
        AdminRoute(
            .post,
            "/plugins/{name}/test",
            "plugins.test",
            .role(.operator),
            "Has a worker send the plugin a message, and shows what it answers; nobody else sees it."
        ) { call in
            let record = try await record(call)
            return AdminReply(try await trials.call(record.name, message: call.body["message"]?.string ?? ""))
        }
        .taking(Schemas.object(["message": .object(Schemas.text(4_000))], required: ["message"]))
        .answering(Schemas.anything)
        .refusing(409)
    }

    private var offered: AdminRoute {
        AdminRoute(
            .get,
            "/plugin-catalogue",
            "plugins.catalogue",
            .role(.viewer),
            "Lists the plugins that come with the product."
        ) { call in
            try call.page(
                of: catalogue.entries.map { entry in
                    [
                        "name": .string(entry.manifest.name.rawValue),
                        "version": .string(entry.manifest.version.description),
                        "description": .string(
                            language == "en" ? entry.manifest.englishDescription : entry.manifest.chineseDescription
                        ), "schema": entry.schema,
                    ]
                }
            )
        }
        .paged()
        .answering(
            Schemas.page(
                of: Schemas.shown([
                    "name": Schemas.of("string"), "version": Schemas.of("string"),
                    "description": Schemas.of("string"), "schema": .object(Schemas.anything),
                ])
            )
        )
    }

    // MARK: Reading

    private static let nameSchema: JSONObject = ["type": "string", "maxLength": 64]

    private static func originMembers(and others: JSONObject) -> JSONObject {
        var members = others
        members["package"] = [
            "type": "string", "contentEncoding": "base64", "maxLength": 11_500_000,
            "description": "A tar.gz with manifest.json at its root.",
        ]
        members["digest"] = .object(Schemas.text(71, "sha256: and 64 hexadecimal digits that the archive must have."))
        members["url"] = .object(Schemas.text(2_000, "Where a service is."))
        members["secret"] = .object(
            Schemas.text(1_000, "What requests to the service are signed with; else one is made.")
        )
        return members
    }

    private static func origin(_ body: JSONObject, version: SemanticVersion?) throws -> PluginOrigin {
        switch (body["package"]?.string, body["url"]?.string) {
        case (let text?, nil):
            guard let bytes = try? Base64.decode(text) else {
                throw AdminProblem.invalid([.init("/package", "expected base64")])
            }
            return .package(bytes, digest: body["digest"]?.string)
        case (nil, let url?): return .service(url: url, secret: body["secret"]?.string.map { Secret($0) })
        case (nil, nil): return .catalogue(version: version)
        case (_?, _?): throw AdminProblem.invalid([.init("/url", "expected either a package or a URL")])
        }
    }

    private static func name(_ call: AdminCall) throws(AdminProblem) -> PluginName {
        guard let name = PluginName(call["name"]) else { throw AdminProblem.noPlugin(named: call["name"]) }
        return name
    }

    private static func name(_ value: JSONValue?) throws(AdminProblem) -> PluginName? {
        guard let value else { return nil }
        guard let name = value.string.flatMap({ PluginName($0) }) else {
            throw AdminProblem.invalid([.init("/name", "expected \(PluginName.expectation)")])
        }
        return name
    }

    private static func version(_ value: JSONValue?) throws(AdminProblem) -> SemanticVersion? {
        guard let value else { return nil }
        guard let version = value.string.flatMap({ SemanticVersion($0) }) else {
            throw AdminProblem.invalid([.init("/version", "expected a semantic version, such as 1.2.0")])
        }
        return version
    }

    /// The version that the request means; nil for any.
    private static func etag(_ call: AdminCall) throws(AdminProblem) -> Int64? {
        guard let wanted = call.request.headers["if-match"], wanted != "*" else { return nil }
        guard let etag = Int64(wanted.filter { $0 != "\"" }) else {
            throw AdminProblem(412, "changed", "If-Match names no version of a plugin")
        }
        return etag
    }

    private func record(_ call: AdminCall) async throws -> PluginRecord {
        guard let record = try await registry.record(named: try Self.name(call)) else {
            throw AdminProblem.noPlugin(named: call["name"])
        }
        return record
    }

    // MARK: Showing

    private static let plugin: JSONObject = [
        "type": "object",
        "properties": [
            "name": Schemas.of("string"), "status": Schemas.of("string"), "version": Schemas.of("string"),
            "etag": Schemas.of("string"), "description": Schemas.of("string"), "source": .object(Schemas.anything),
            "enabled": Schemas.of("boolean"), "permissions": .object(Schemas.list(of: ["type": "string"])),
            "configuration": .object(Schemas.anything), "installed_at": Schemas.of("integer"),
            "changed_at": Schemas.of("integer"), "previous_version": Schemas.of("string"),
            "problem": Schemas.of("string"),
            "secret": ["type": "string", "description": "Made for a service; shown once."],
        ],
        "required": ["name", "status", "version", "enabled"],
    ]

    private func view(_ record: PluginRecord) async throws -> JSONObject {
        var view: JSONObject = [
            "name": .string(record.name.rawValue),
            "status": .string(try await registry.phase(of: record).rawValue),
            "etag": .string(String(record.etag)),
        ]
        for member in record.view(language: language).members { view[member.key] = member.value }
        return view
    }

    private func reply(_ change: PluginChange, status: Int = 200) async throws -> AdminReply {
        var reply = AdminReply(status: status)
        reply.before = change.before.map { .object($0.view(language: language)) }
        if let after = change.after {
            reply.target = "plugins/\(after.name)"
            var view = try await view(after)
            reply.after = .object(view)
            if let secret = change.madeSecret { view["secret"] = .string(secret.value) }
            reply.body = .object(view)
            reply.etag = String(after.etag)
        }
        return reply
    }
}
