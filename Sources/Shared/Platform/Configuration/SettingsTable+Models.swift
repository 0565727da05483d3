extension Setting {
    /// What more there is to say of models than where they are: patience, limits, prices, budgets.
    static let models: [Setting] = [
        Setting(
            "llm.providers[].name",
            "LLM_NAME",
            .name,
            "What people call the model, as in /model NAME, and what prices and usage go by; else the model's own name."
        ),
        Setting(
            "llm.providers[].reads_images",
            "LLM_READS_IMAGES",
            .flag,
            default: "false",
            "Whether the model is sent pictures."
        ),
        Setting(
            "llm.providers[].token_limit_field",
            "LLM_TOKEN_LIMIT_FIELD",
            .choice(["max_tokens", "max_completion_tokens"]),
            default: "max_tokens",
            "How the endpoint calls the bound on an answer; OpenAI's newer models take only max_completion_tokens."
        ),
        Setting(
            "llm.providers[].first_token_timeout",
            "LLM_FIRST_TOKEN_TIMEOUT",
            .seconds(1...3_600),
            default: "60",
            "Seconds until the first token; then the next model is asked."
        ),
        Setting(
            "llm.providers[].between_tokens_timeout",
            "LLM_BETWEEN_TOKENS_TIMEOUT",
            .seconds(1...3_600),
            default: "30",
            "Seconds from one token to the next; then the answer has failed."
        ),
        Setting(
            "llm.providers[].requests_per_minute",
            "LLM_REQUESTS_PER_MINUTE",
            .integer(0...10_000_000),
            default: "0",
            "Requests that all workers together send in a minute; 0: no limit."
        ),
        Setting(
            "llm.providers[].tokens_per_minute",
            "LLM_TOKENS_PER_MINUTE",
            .integer(0...1_000_000_000),
            default: "0",
            "Tokens, of questions and answers, that all workers together spend in a minute; 0: no limit."
        ),
        Setting(
            "llm.providers[].max_concurrent",
            "LLM_MAX_CONCURRENT",
            .integer(0...1_000_000),
            default: "0",
            "Requests that all workers together have under way at once; 0: no limit."
        ),
        Setting(
            "llm.providers[].input_price",
            "LLM_INPUT_PRICE",
            .number(0...1_000_000),
            default: "0",
            "Price of a million tokens of questions, in llm.currency."
        ),
        Setting(
            "llm.providers[].output_price",
            "LLM_OUTPUT_PRICE",
            .number(0...1_000_000),
            default: "0",
            "Price of a million tokens of answers, in llm.currency."
        ),
        Setting("llm.currency", "LLM_CURRENCY", .identifier, default: "CNY", "Currency of prices and budgets."),
        Setting(
            "llm.limit_wait",
            "LLM_LIMIT_WAIT",
            .seconds(0...600),
            default: "20",
            "Seconds that a request waits for limits of ours before it is put off."
        ),
        Setting(
            "llm.circuit.failures",
            "LLM_CIRCUIT_FAILURES",
            .integer(1...1_000),
            default: "5",
            "Failures in a row after which a model is left alone for a while."
        ),
        Setting(
            "llm.circuit.pause",
            "LLM_CIRCUIT_PAUSE",
            .seconds(0.1...3_600),
            default: "10",
            "Seconds that it is left alone at first; each failed probe doubles them, up to five minutes."
        ),
        budget("user_tokens", "Tokens that one person may spend in a day"),
        budget("chat_tokens", "Tokens that one chat may spend in a day"),
        budget("total_tokens", "Tokens that all together may spend in a day"),
        budget("user_cost", "Money, in llm.currency, that one person may spend in a day"),
        budget("chat_cost", "Money, in llm.currency, that one chat may spend in a day"),
        budget("total_cost", "Money, in llm.currency, that all together may spend in a day"),
        Setting(
            "llm.budgets.utc_offset",
            "LLM_BUDGETS_UTC_OFFSET",
            .number(-12...14),
            default: "8",
            "Hours that the clock of the day that budgets and usage count by is ahead of UTC."
        ),
        Setting(
            "llm.transcription.base_url",
            "LLM_TRANSCRIPTION_BASE_URL",
            .url(["https", "http"]),
            "Endpoint that turns speech into text, up to and with its version; none: voice messages are not understood."
        ),
        Setting(
            "llm.transcription.api_key",
            "LLM_TRANSCRIPTION_API_KEY",
            .text,
            secrecy: .secret,
            "Key of that endpoint."
        ),
        Setting(
            "llm.transcription.model",
            "LLM_TRANSCRIPTION_MODEL",
            .text,
            default: "whisper-1",
            "Name of the model that listens."
        ),
        Setting(
            "llm.transcription.timeout",
            "LLM_TRANSCRIPTION_TIMEOUT",
            .seconds(1...3_600),
            default: "120",
            "Seconds that one recording may take."
        ),
    ]

    private static func budget(_ name: String, _ what: String) -> Setting {
        Setting(
            "llm.budgets.\(name)",
            "LLM_BUDGETS_\(name.uppercased())",
            name.hasSuffix("cost") ? .number(0...1_000_000_000) : .integer(0...1_000_000_000_000),
            default: "0",
            "\(what); 0: without bound."
        )
    }
}
