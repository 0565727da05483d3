import JSON

/// The adapter to Feishu as a plugin of the catalogue: its configuration is one app of the Feishu console.
package enum FeishuAdapterPlugin {
    /// What it is called.
    package static let name = "feishu-adapter"

    static let manifest: JSONValue = [
        "contract_version": 1, "name": .string(name), "version": "1.2.0",
        "description": [
            "zh-CN": "连接飞书：用一个自建应用收发消息", "en": "Connects to Feishu: one self-built app receives and sends messages",
        ],
        // The gateway and the workers are given the app; no message calls it.
        "permissions": ["configuration.secrets"], "triggers": [], "sensitive": true,
        "migrations": [],
    ]

    static let schema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "properties": [
            "app_id": [
                "type": "string", "pattern": "^cli_[A-Za-z0-9_-]{1,60}$",
                "description": "App ID of the app's page Credentials & Basic Info, such as cli_a1b2c3d4e5f60718",
            ],
            "app_secret": secret("App Secret of the same page"),
            "encrypt_key": secret("Encrypt Key of the page Events & Callbacks, where one is set"),
            "verification_token": secret("Verification Token of the page Events & Callbacks"),
        ],
        "required": ["app_id", "app_secret"], "additionalProperties": false,
    ]

    private static func secret(_ description: JSONValue) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": 512, "writeOnly": true, "description": description]
    }
}
