import Identity
import JSON
import Platform

/// What is configured, and what can be: written from the table of settings.
struct ConfigurationRoutes {
    let configuration: Configuration

    var routes: [AdminRoute] { [show, schema] }

    private var show: AdminRoute {
        AdminRoute(
            .get,
            "/configuration",
            "configuration.show",
            .role(.operator),
            "Shows every setting in force in this gateway and where it came from; secrets are ***."
        ) { call in
            try call.page(of: configuration.effective.map { .object(Self.view($0)) })
        }
        .paged()
        .answering(
            Schemas.page(
                of: Schemas.shown([
                    "key": Schemas.of("string"), "environment": Schemas.of("string"), "value": Schemas.orNull("string"),
                    "source": Schemas.of("string"),
                ])
            )
        )
    }

    private var schema: AdminRoute {
        AdminRoute(
            .get,
            "/configuration/settings",
            "configuration.settings",
            .role(.viewer),
            "Describes every setting there is: its key, its variable, what it may be, its default and what it is for."
        ) { call in
            try call.page(of: Setting.table.map { .object(Self.view($0)) })
        }
        .paged()
        .answering(
            Schemas.page(
                of: Schemas.shown([
                    "key": Schemas.of("string"), "environment": Schemas.of("string"),
                    "expected": Schemas.of("string"), "default": Schemas.orNull("string"),
                    "is_secret": Schemas.of("boolean"), "help": Schemas.of("string"),
                ])
            )
        )
    }

    private static func view(_ setting: EffectiveSetting) -> JSONObject {
        [
            "key": .string(setting.path), "environment": .string(setting.setting.environment),
            "value": setting.value == nil ? .null : .string(setting.shown),
            "source": .string(setting.source.description),
        ]
    }

    private static func view(_ setting: Setting) -> JSONObject {
        [
            "key": .string(setting.key), "environment": .string(setting.environment),
            "expected": .string(setting.kind.expectation), "default": setting.fallback.json,
            "is_secret": .bool(setting.secrecy == .secret), "help": .string(setting.help),
        ]
    }
}
