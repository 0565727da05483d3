package import Cryptography

extension Configuration {
    /// One chat model; several are tried in their order.
    package struct ModelProvider: Sendable {
        package enum Kind: String, Sendable {
            case offline, openai
        }

        package let kind: Kind
        /// What people call it; each has a name of its own.
        package let name: String
        /// Always there for `openai`.
        package let baseURL: String?
        package let apiKey: Secret?
        /// Always there for `openai`.
        package let model: String?
        package let readsImages: Bool
        /// `max_tokens` or `max_completion_tokens`.
        package let tokenLimitField: String
        /// Of one answer in all.
        package let timeout: Duration
        package let firstTokenTimeout: Duration
        package let betweenTokensTimeout: Duration
        /// 0: no limit, as with the next two.
        package let requestsPerMinute: Int
        package let tokensPerMinute: Int
        package let maximumConcurrent: Int
        /// Of a million tokens, in `Models.currency`.
        package let inputPrice: Double
        package let outputPrice: Double
    }

    /// What holds for all models.
    package struct Models: Sendable {
        /// A day's bounds; 0 is none. Money is in `currency`.
        package struct Budgets: Sendable {
            package let userTokens: Int
            package let chatTokens: Int
            package let totalTokens: Int
            package let userCost: Double
            package let chatCost: Double
            package let totalCost: Double
            /// How far the clock that days go by is ahead of UTC.
            package let utcOffset: Duration
        }

        /// The endpoint that turns speech into text.
        package struct Transcription: Sendable {
            package let baseURL: String
            package let apiKey: Secret?
            package let model: String
            package let timeout: Duration
        }

        package let currency: String
        /// How long a request waits for limits of ours.
        package let limitWait: Duration
        /// Failures in a row that open a model's circuit.
        package let circuitFailures: Int
        package let circuitPause: Duration
        package let budgets: Budgets
        /// Nil where there is none.
        package let transcription: Transcription?
    }
}

extension Configuration.ModelProvider {
    init(_ settings: SettingsResolver, at path: String) {
        kind = Kind(rawValue: settings.text("\(path).kind")) ?? .offline
        baseURL = settings.optionalText("\(path).base_url")
        apiKey = settings.secret("\(path).api_key")
        model = settings.optionalText("\(path).model")
        name = Self.name(settings, at: path)
        readsImages = settings.text("\(path).reads_images") == "true"
        tokenLimitField = settings.text("\(path).token_limit_field")
        timeout = settings.duration("\(path).timeout")
        firstTokenTimeout = settings.duration("\(path).first_token_timeout")
        betweenTokensTimeout = settings.duration("\(path).between_tokens_timeout")
        requestsPerMinute = settings.integer("\(path).requests_per_minute")
        tokensPerMinute = settings.integer("\(path).tokens_per_minute")
        maximumConcurrent = settings.integer("\(path).max_concurrent")
        inputPrice = settings.number("\(path).input_price")
        outputPrice = settings.number("\(path).output_price")
    }

    /// The name that was set, else that of the model, or `offline`.
    static func name(_ settings: SettingsResolver, at path: String) -> String {
        if let name = settings.optionalText("\(path).name") { return name }
        return settings.optionalText("\(path).kind") == "openai"
            ? settings.optionalText("\(path).model") ?? "" : "offline"
    }
}

extension Configuration.Models {
    init(_ settings: SettingsResolver) {
        currency = settings.text("llm.currency")
        limitWait = settings.duration("llm.limit_wait")
        circuitFailures = settings.integer("llm.circuit.failures")
        circuitPause = settings.duration("llm.circuit.pause")
        budgets = Budgets(
            userTokens: settings.integer("llm.budgets.user_tokens"),
            chatTokens: settings.integer("llm.budgets.chat_tokens"),
            totalTokens: settings.integer("llm.budgets.total_tokens"),
            userCost: settings.number("llm.budgets.user_cost"),
            chatCost: settings.number("llm.budgets.chat_cost"),
            totalCost: settings.number("llm.budgets.total_cost"),
            utcOffset: .seconds(settings.number("llm.budgets.utc_offset") * 3_600)
        )
        transcription = settings.optionalText("llm.transcription.base_url").map { baseURL in
            Transcription(
                baseURL: baseURL,
                apiKey: settings.secret("llm.transcription.api_key"),
                model: settings.text("llm.transcription.model"),
                timeout: settings.duration("llm.transcription.timeout")
            )
        }
    }
}

extension SettingsResolver {
    /// What no setting of models shows alone.
    mutating func checkModels() {
        var seen: Set<String> = []
        for path in elements(of: "llm.providers") {
            if optionalText("\(path).kind") == "openai" {
                for field in ["base_url", "model"]
                where optionalText("\(path).\(field)") == nil && !isBroken(path, field) {
                    add(ConfigurationProblem("\(path).\(field)", "is not set, expected where kind is openai"))
                }
            }
            let name = Configuration.ModelProvider.name(self, at: path)
            if !name.isEmpty, !seen.insert(name.lowercased()).inserted {
                let explanation = "expected a different name for each model"
                add(ConfigurationProblem("\(path).name", found: "\"\(name)\"", explanation))
            }
        }
    }
}
